// SPDX-License-Identifier: Apache-2.0
// One step of a tensor-core dot product, a . b + c, with the bits of models/numerics/dot_product.h:
// FP8 (with or without UE8M0 block scales) or FP4 with block scales, FP32 accumulator. Three stages,
// one step a clock, no back-pressure. Not modelled: silicon's own pipeline depth, fp16 accumulators.

module fp_dot_step
  import fp_dot_pkg::*;
#(
  // Fraction bits that every term keeps below the largest exponent, and the smallest exponent to
  // align to (it shows only where c = 0): the rule's of models/numerics/contract.cpp.
  parameter int unsigned Fp8FractionBits = 25,
  parameter int unsigned Fp4FractionBits = 35,
  parameter int          ZeroFloor       = -133
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         valid_i,
  input  kind_e                        kind_i,
  input  logic                         a_e5m2_i,       // FP8: E5M2, otherwise E4M3
  input  logic                         b_e5m2_i,
  input  scale_e                       scale_format_i,
  input  logic [Groups-1:0]            group_valid_i,  // groups beyond K take no part
  input  logic [OperandBytes-1:0][7:0] a_i,            // element 0 in byte 0; FP4: low nibble first
  input  logic [OperandBytes-1:0][7:0] b_i,
  input  logic [Groups-1:0][7:0]       a_scale_i,      // one a group, repeated where a block is larger
  input  logic [Groups-1:0][7:0]       b_scale_i,
  input  logic [31:0]                  c_i,
  output logic                         valid_o,
  output logic [31:0]                  d_o,
  output corners_t                     corners_o
);

  ////////////////////////////////////////
  // Stage 1: products, scales, specials //
  ////////////////////////////////////////

  scale_t    a_scale;
  scale_t    b_scale;
  exponent_t scale_exponent[Groups];
  logic [7:0] scale_significand[Groups];
  logic      scale_nan;

  always_comb begin
    scale_nan = 1'b0;
    a_scale = '0;
    b_scale = '0;
    for (int unsigned g = 0; g < Groups; g++) begin
      a_scale = decode_scale(a_scale_i[g], scale_format_i);
      b_scale = decode_scale(b_scale_i[g], scale_format_i);
      scale_exponent[g]    = a_scale.exponent + b_scale.exponent;
      scale_significand[g] = group_valid_i[g] ? a_scale.significand * b_scale.significand : '0;
      scale_nan            = scale_nan | (group_valid_i[g] & (a_scale.nan | b_scale.nan));
    end
  end

  logic [7:0]              fp8_magnitude[OperandBytes];
  logic [OperandBytes-1:0] fp8_negative;
  exponent_t               fp8_exponent[OperandBytes];
  specials_t               fp8_specials;

  fp8_multiply u_fp8_multiply (
    .a_i,
    .b_i,
    .a_e5m2_i,
    .b_e5m2_i,
    .valid_i         (kind_i == KindFp8 ? group_valid_i : '0),
    .scale_exponent_i(scale_exponent),
    .magnitude_o     (fp8_magnitude),
    .negative_o      (fp8_negative),
    .exponent_o      (fp8_exponent),
    .specials_o      (fp8_specials)
  );

  logic [Fp4TermWidth-1:0] fp4_magnitude[Groups];
  logic [Groups-1:0]       fp4_negative;

  fp4_multiply u_fp4_multiply (
    .a_i,
    .b_i,
    .scale_significand_i(scale_significand),
    .magnitude_o        (fp4_magnitude),
    .negative_o         (fp4_negative)
  );

  logic                    valid_q;
  kind_e                   kind_q;
  logic [Groups-1:0]       group_valid_q;
  logic [7:0]              fp8_magnitude_q[OperandBytes];
  logic [OperandBytes-1:0] fp8_negative_q;
  exponent_t               fp8_exponent_q[OperandBytes];
  specials_t               specials_q;
  logic [Fp4TermWidth-1:0] fp4_magnitude_q[Groups];
  logic [Groups-1:0]       fp4_negative_q;
  exponent_t               fp4_exponent_q[Groups];
  logic [31:0]             c_q;

  logic c_infinite;
  assign c_infinite = &c_i[30:23] && c_i[22:0] == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      kind_q                    <= kind_i;
      group_valid_q             <= group_valid_i;
      fp8_magnitude_q           <= fp8_magnitude;
      fp8_negative_q            <= fp8_negative;
      fp8_exponent_q            <= fp8_exponent;
      fp4_magnitude_q           <= fp4_magnitude;
      fp4_negative_q            <= fp4_negative;
      fp4_exponent_q            <= scale_exponent;
      c_q                       <= c_i;
      specials_q.nan            <= scale_nan | fp8_specials.nan | (&c_i[30:23] && |c_i[22:0]);
      specials_q.plus_infinity  <= fp8_specials.plus_infinity | (c_infinite & ~c_i[31]);
      specials_q.minus_infinity <= fp8_specials.minus_infinity | (c_infinite & c_i[31]);
    end
  end

  ///////////////////////////////
  // Stage 2: alignment and sum //
  ///////////////////////////////

  exponent_t largest;
  sum_t      sum;
  logic      something;
  corners_t  corners;
  logic      special;

  dot_align #(
    .Fp8FractionBits(Fp8FractionBits),
    .Fp4FractionBits(Fp4FractionBits),
    .ZeroFloor      (ZeroFloor)
  ) u_dot_align (
    .kind_i         (kind_q),
    .fp8_magnitude_i(fp8_magnitude_q),
    .fp8_negative_i (fp8_negative_q),
    .fp8_exponent_i (fp8_exponent_q),
    .fp4_magnitude_i(fp4_magnitude_q),
    .fp4_negative_i (fp4_negative_q),
    .fp4_exponent_i (fp4_exponent_q),
    .valid_i        (group_valid_q),
    .c_i            (c_q),
    .largest_o      (largest),
    .sum_o          (sum),
    .something_o    (something),
    .zero_floor_o   (corners.zero_floor),
    .zero_group_o   (corners.zero_group)
  );
  assign corners.zero_sign = 1'b0;  // known once the sum is cut
  assign corners.infinite_accumulator =
      kind_q == KindFp4 && &c_q[30:23] && c_q[22:0] == '0;
  assign special = |specials_q;

  logic      valid_qq;
  exponent_t largest_qq;
  sum_t      sum_qq;
  specials_t specials_qq;
  corners_t  corners_qq;
  logic      minus_zero_qq;  // zeros only, with c = -0

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_qq <= 1'b0;
    end else begin
      valid_qq <= valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_q) begin
      largest_qq    <= largest;
      sum_qq        <= special ? '0 : sum;
      specials_qq   <= specials_q;
      minus_zero_qq <= ~something & c_q[31];
      corners_qq    <= corners;
      if (special) begin
        corners_qq.zero_floor <= 1'b0;
        corners_qq.zero_group <= 1'b0;
      end
    end
  end

  /////////////////////////
  // Stage 3: the result //
  /////////////////////////

  logic [31:0] finite;
  logic [31:0] result;

  fp32_cut u_fp32_cut (
    .sum_i    (sum_qq),
    .largest_i(largest_qq),
    .code_o   (finite)
  );

  always_comb begin
    if (specials_qq.nan || (specials_qq.plus_infinity && specials_qq.minus_infinity)) begin
      result = 32'h7fff_ffff;
    end else if (specials_qq.plus_infinity || specials_qq.minus_infinity) begin
      result = {specials_qq.minus_infinity, 8'hff, 23'b0};
    end else begin
      result = finite;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
    end else begin
      valid_o <= valid_qq;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_qq) begin
      d_o       <= result;
      corners_o <= corners_qq;
      corners_o.zero_sign <= result == '0 && (sum_qq < 0 || minus_zero_qq);
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  // Whoever resets the unit keeps valid_i low meanwhile, so none of these needs the reset.
  // What comes in leaves three clocks later, and nothing else does.
  logic [2:0] in_flight_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_flight_q <= '0;
    end else begin
      in_flight_q <= {in_flight_q[1:0], valid_i};
    end
  end
  LatencyIsThree_A: assert property (
    @(posedge clk_i) valid_o == in_flight_q[2]);
  Fp4HasScales_A: assert property (
    @(posedge clk_i) valid_i && kind_i == KindFp4 |-> scale_format_i != ScaleNone);
  Fp8HasNoUe4m3_A: assert property (
    @(posedge clk_i) valid_i && kind_i == KindFp8 |-> scale_format_i != ScaleUe4m3);
  KnownScale_A: assert property (
    @(posedge clk_i) valid_i |-> scale_format_i inside {ScaleNone, ScaleUe4m3, ScaleUe8m0});
  SomeGroup_A: assert property (
    @(posedge clk_i) valid_i |-> group_valid_i[0]);
  GroupsFromBelow_A: assert property (
    @(posedge clk_i) valid_i |-> (group_valid_i & (group_valid_i + 1'b1)) == '0);
  OneNan_A: assert property (
    @(posedge clk_i) valid_o && &d_o[30:23] && |d_o[22:0] |-> d_o == 32'h7fff_ffff);
  NoMinusZero_A: assert property (
    @(posedge clk_i) valid_o |-> d_o != 32'h8000_0000);
  // The sum of all terms never reaches the adder's sign.
  SumFits_A: assert property (
    @(posedge clk_i) valid_qq |-> sum_qq[SumWidth-1] == sum_qq[SumWidth-2]);

endmodule
