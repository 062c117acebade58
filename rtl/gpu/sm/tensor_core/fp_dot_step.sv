// SPDX-License-Identifier: Apache-2.0
// One step of a tensor-core dot product, a . b + c, with the bits of models/numerics/dot_product.h:
// element formats, block scales and the accumulation rule are inputs, and integers are numbers with
// a fixed exponent. Four stages, one step a clock, no back-pressure. Not modelled: silicon's own
// pipeline depth.

module fp_dot_step
  import fp_dot_pkg::*;
(
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         valid_i,
  // What is multiplied.
  input  kind_e                        kind_i,
  input  format_e                      a_format_i,
  input  format_e                      b_format_i,  // as wide as a's
  input  scale_e                       scale_format_i,
  input  logic [CountWidth-1:0]        count_i,     // elements that take part, from the lowest
  // The rule: models/numerics/contract.h.
  input  output_e                      output_i,         // also the format of c
  input  logic [5:0]                   fraction_bits_i,  // F, at most Window
  input  exponent_t                    zero_floor_i,     // smallest exponent to align to
  input  logic                         zero_group_takes_part_i,
  input  logic                         added_after_i,    // c is added in FP32, nearest even
  // Operands: element 0 in byte 0; of FP4 groups two a byte, low nibble first.
  input  logic [OperandBytes-1:0][7:0] a_i,
  input  logic [OperandBytes-1:0][7:0] b_i,
  input  logic [Groups-1:0][7:0]       a_scale_i,  // one a group, repeated in larger blocks
  input  logic [Groups-1:0][7:0]       b_scale_i,
  input  logic [31:0]                  c_i,        // FP16: in the low half, like d_o
  output logic                         valid_o,
  output logic [31:0]                  d_o,
  output corners_t                     corners_o
);

  ////////////////////////////////////////
  // Stage 1: products, scales, specials //
  ////////////////////////////////////////

  rule_t rule;
  always_comb begin
    rule.kind                  = kind_i;
    rule.out                   = output_i;
    rule.fraction_bits         = fraction_bits_i;
    rule.zero_floor            = zero_floor_i;
    rule.zero_group_takes_part = zero_group_takes_part_i;
    if (is_integer(output_i)) begin  // nothing of an integer is cut
      rule.fraction_bits = 6'(Window);
      rule.zero_floor    = IntegerExponent + IntegerExponent;
    end
  end

  scale_t            a_scale;
  scale_t            b_scale;
  exponent_t         scale_exponent[Groups];
  logic [7:0]        scale_significand[Groups];
  logic              scale_nan;
  logic [Groups-1:0] group_valid;

  always_comb begin
    scale_nan = 1'b0;
    a_scale = '0;
    b_scale = '0;
    for (int unsigned g = 0; g < Groups; g++) begin
      group_valid[g] = g * (kind_i == KindGroups ? 2 * GroupBytes : GroupBytes) < 32'(count_i);
      a_scale = decode_scale(a_scale_i[g], scale_format_i);
      b_scale = decode_scale(b_scale_i[g], scale_format_i);
      scale_exponent[g]    = a_scale.exponent + b_scale.exponent;
      scale_significand[g] = group_valid[g] ? a_scale.significand * b_scale.significand : '0;
      scale_nan            = scale_nan | (group_valid[g] & (a_scale.nan | b_scale.nan));
    end
  end

  term_t     products[OperandBytes];
  specials_t product_specials;
  exponent_t zero_products;
  logic      tf32_payload;

  dot_multiply u_dot_multiply (
    .enable_i        (valid_i && kind_i == KindProducts),
    .a_i,
    .b_i,
    .a_format_i,
    .b_format_i,
    .count_i,
    .scale_exponent_i(scale_exponent),
    .terms_o         (products),
    .specials_o      (product_specials),
    .zero_products_o (zero_products),
    .tf32_payload_o  (tf32_payload)
  );

  term_t groups[Groups];

  fp4_multiply u_fp4_multiply (
    .enable_i           (valid_i && kind_i == KindGroups),
    .a_i,
    .b_i,
    .scale_significand_i(scale_significand),
    .scale_exponent_i   (scale_exponent),
    .terms_o            (groups)
  );

  term_t terms[OperandBytes];
  always_comb begin
    terms = products;
    if (kind_i == KindGroups) begin
      for (int unsigned g = 0; g < Groups; g++) begin
        terms[g] = groups[g];
      end
    end
  end

  accumulator_t c;
  accumulator_t aligned;  // what takes part in the alignment
  assign c       = decode_accumulator(c_i, output_i);
  assign aligned = added_after_i ? '0 : c;

  logic              valid_q;
  rule_t             rule_q;
  term_t             terms_q[OperandBytes];
  logic [Groups-1:0] group_valid_q;
  exponent_t         zero_products_q;
  addend_t           addend_q;
  logic              infinite_q;  // the accumulator
  logic              added_after_q;
  logic [31:0]       c_q;
  specials_t         specials_q;
  logic              tf32_payload_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      rule_q          <= rule;
      terms_q         <= terms;
      group_valid_q   <= group_valid;
      zero_products_q <= zero_products;
      addend_q        <= aligned.value;
      infinite_q      <= aligned.infinite;
      added_after_q   <= added_after_i;
      c_q             <= c_i;
      tf32_payload_q  <= tf32_payload;
      specials_q.nan            <= scale_nan | product_specials.nan | aligned.nan;
      specials_q.plus_infinity  <= product_specials.plus_infinity |
                                   (aligned.infinite & ~aligned.value.negative);
      specials_q.minus_infinity <= product_specials.minus_infinity |
                                   (aligned.infinite & aligned.value.negative);
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

  dot_align u_dot_align (
    .rule_i         (rule_q),
    .terms_i        (terms_q),
    .group_valid_i  (group_valid_q),
    .zero_products_i(zero_products_q),
    .c_i            (addend_q),
    .largest_o      (largest),
    .sum_o          (sum),
    .something_o    (something),
    .zero_floor_o   (corners.zero_floor),
    .zero_group_o   (corners.zero_group),
    .zero_element_o (corners.zero_element)
  );
  assign corners.zero_sign            = 1'b0;  // known once the result is
  assign corners.infinite_accumulator = rule_q.kind == KindGroups && infinite_q;
  assign corners.tf32_payload         = tf32_payload_q;
  assign special                      = |specials_q;

  logic        valid_qq;
  output_e     out_qq;
  logic        added_after_qq;
  exponent_t   largest_qq;
  sum_t        sum_qq;
  specials_t   specials_qq;
  corners_t    corners_qq;
  logic        minus_zero_qq;  // zeros only, with c = -0
  logic [31:0] c_qq;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_qq <= 1'b0;
    end else begin
      valid_qq <= valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_q) begin
      out_qq         <= rule_q.out;
      added_after_qq <= added_after_q;
      largest_qq     <= largest;
      sum_qq         <= special ? '0 : sum;
      specials_qq    <= specials_q;
      minus_zero_qq  <= ~something & addend_q.negative & ~special;
      corners_qq     <= corners;
      c_qq           <= c_q;
      if (special || is_integer(rule_q.out)) begin
        corners_qq.zero_floor   <= 1'b0;
        corners_qq.zero_group   <= 1'b0;
        corners_qq.zero_element <= 1'b0;
      end
    end
  end

  /////////////////////////
  // Stage 3: the result //
  /////////////////////////

  logic [31:0] finite;
  logic [31:0] result;
  logic        half;
  assign half = out_qq == OutputFp16Nearest;

  fp_round u_fp_round (
    .sum_i    (sum_qq),
    .largest_i(largest_qq),
    .output_i (out_qq),
    .code_o   (finite)
  );

  always_comb begin
    if (specials_qq.nan || (specials_qq.plus_infinity && specials_qq.minus_infinity)) begin
      result = half ? 32'h0000_7fff : 32'h7fff_ffff;
    end else if (specials_qq.plus_infinity || specials_qq.minus_infinity) begin
      result = half ? {16'b0, specials_qq.minus_infinity, 15'h7c00} :
                      {specials_qq.minus_infinity, 31'h7f80_0000};
    end else begin
      result = finite;
    end
  end

  logic        valid_qqq;
  output_e     out_qqq;
  logic        added_after_qqq;
  logic [31:0] result_qqq;
  logic [31:0] c_qqq;
  corners_t    corners_qqq;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_qqq <= 1'b0;
    end else begin
      valid_qqq <= valid_qq;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_qq) begin
      out_qqq         <= out_qq;
      added_after_qqq <= added_after_qq;
      result_qqq      <= result;
      c_qqq           <= c_qq;
      corners_qqq     <= corners_qq;
      corners_qqq.zero_sign <= result == '0 && (sum_qq < 0 || minus_zero_qq) &&
                               !is_integer(out_qq);
    end
  end

  ////////////////////////////////////////////////
  // Stage 4: an accumulator that is added after //
  ////////////////////////////////////////////////

  logic [31:0] after;

  fp32_add u_fp32_add (
    .x_i   (result_qqq),
    .y_i   (c_qqq),
    .code_o(after)
  );

  output_e out_q;  // of the step at the output, for the assertions

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
    end else begin
      valid_o <= valid_qqq;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_qqq) begin
      d_o       <= added_after_qqq ? after : result_qqq;
      corners_o <= corners_qqq;
      out_q     <= out_qqq;
    end
  end

  ////////////////
  // Assertions //
  ////////////////

  // Whoever resets the unit keeps valid_i low meanwhile, so none of these needs the reset.
  // What comes in leaves four clocks later, and nothing else does.
  logic [3:0] in_flight_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_flight_q <= '0;
    end else begin
      in_flight_q <= {in_flight_q[2:0], valid_i};
    end
  end
  LatencyIsFour_A: assert property (
    @(posedge clk_i) valid_o == in_flight_q[3]);
  KnownFormats_A: assert property (
    @(posedge clk_i) valid_i |-> a_format_i <= FormatTi16 && b_format_i <= FormatTi16);
  KnownOutput_A: assert property (
    @(posedge clk_i) valid_i |-> output_i <= OutputInt32Clamp);
  OneWidth_A: assert property (
    @(posedge clk_i) valid_i |-> element_bytes(a_format_i) == element_bytes(b_format_i));
  IntegersStayIntegers_A: assert property (
    @(posedge clk_i) valid_i |-> is_integer_format(a_format_i) == is_integer(output_i) &&
                                 is_integer_format(b_format_i) == is_integer(output_i));
  GroupsAreFp4_A: assert property (
    @(posedge clk_i) valid_i && kind_i == KindGroups |->
      a_format_i == FormatE2m1 && b_format_i == FormatE2m1 && scale_format_i != ScaleNone);
  ProductsHaveUe8m0_A: assert property (
    @(posedge clk_i) valid_i && kind_i == KindProducts |->
      scale_format_i inside {ScaleNone, ScaleUe8m0});
  SomeElement_A: assert property (
    @(posedge clk_i) valid_i |-> count_i != '0);
  ElementsFit_A: assert property (
    @(posedge clk_i) valid_i |-> 32'(count_i) * 32'(element_bytes(a_format_i)) <=
                                 (kind_i == KindGroups ? 2 * OperandBytes : OperandBytes));
  FractionBitsFit_A: assert property (
    @(posedge clk_i) valid_i |-> fraction_bits_i <= 6'(Window));
  AddedAfterInFp32_A: assert property (
    @(posedge clk_i) valid_i && added_after_i |->
      output_i inside {OutputFp32Cut, OutputE8m13Cut, OutputFp32Nearest});
  OneNan_A: assert property (
    @(posedge clk_i) valid_o && !is_integer(out_q) && &d_o[30:23] && |d_o[22:0] |->
      d_o == 32'h7fff_ffff);
  OneHalfNan_A: assert property (
    @(posedge clk_i) valid_o && out_q == OutputFp16Nearest |->
      d_o[31:16] == '0 && (d_o[14:0] <= 15'h7c00 || d_o[15:0] == 16'h7fff));
  NoMinusZero_A: assert property (
    @(posedge clk_i) valid_o && !is_integer(out_q) |->
      d_o != (out_q == OutputFp16Nearest ? 32'h0000_8000 : 32'h8000_0000));
  // The sum of all terms never reaches the adder's sign.
  SumFits_A: assert property (
    @(posedge clk_i) valid_qq |-> sum_qq[SumWidth-1] == sum_qq[SumWidth-2]);

endmodule
