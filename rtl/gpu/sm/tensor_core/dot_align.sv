// SPDX-License-Identifier: Apache-2.0
// Finds the alignment exponent of a step, cuts every term toward zero at its fraction bits and adds
// them exactly. Combinational. Not modelled: rounding other than toward zero (there are no sticky bits).

module dot_align
  import fp_dot_pkg::*;
#(
  parameter int unsigned Fp8FractionBits = 25,
  parameter int unsigned Fp4FractionBits = 35,
  parameter int          ZeroFloor       = -133
) (
  input  kind_e                   kind_i,
  input  logic [7:0]              fp8_magnitude_i[OperandBytes],
  input  logic [OperandBytes-1:0] fp8_negative_i,
  input  exponent_t               fp8_exponent_i[OperandBytes],
  input  logic [Fp4TermWidth-1:0] fp4_magnitude_i[Groups],
  input  logic [Groups-1:0]       fp4_negative_i,
  input  exponent_t               fp4_exponent_i[Groups],
  input  logic [Groups-1:0]       valid_i,
  input  logic [31:0]             c_i,
  // Sum in units of 2^(largest_o - Window).
  output exponent_t               largest_o,
  output sum_t                    sum_o,
  output logic                    something_o,  // a product or the accumulator is not zero
  output logic                    zero_floor_o,
  output logic                    zero_group_o
);

  localparam exponent_t Lowest = {1'b1, {ExponentWidth - 1{1'b0}}};
  localparam exponent_t SmallestNormal = -126;
  // Keep the fraction bits of the kind and drop what lies below in the common window.
  localparam sum_t Fp8Mask = ~((sum_t'(1) << (Window - Fp8FractionBits)) - sum_t'(1));
  localparam sum_t Fp4Mask = ~((sum_t'(1) << (Window - Fp4FractionBits)) - sum_t'(1));

  // c: value significand x 2^(exponent - 23), subnormals not normalised.
  logic [23:0] c_significand;
  exponent_t   c_exponent;
  assign c_significand = {|c_i[30:23], c_i[22:0]};
  assign c_exponent = $signed({2'b0, c_i[30:23] | {7'b0, ~|c_i[30:23]}}) - 10'sd127;

  exponent_t products;     // largest exponent of the terms that are not zero
  exponent_t zero_groups;  // of the FP4 groups that sum to zero
  logic      any_product;
  exponent_t before_groups;

  always_comb begin
    products    = Lowest;
    zero_groups = Lowest;
    any_product = 1'b0;
    if (kind_i == KindFp8) begin
      for (int unsigned i = 0; i < OperandBytes; i++) begin
        if (fp8_magnitude_i[i] != '0) begin
          any_product = 1'b1;
          if (fp8_exponent_i[i] > products) begin
            products = fp8_exponent_i[i];
          end
        end
      end
    end else begin
      for (int unsigned g = 0; g < Groups; g++) begin
        if (fp4_magnitude_i[g] != '0) begin
          any_product = 1'b1;
          if (fp4_exponent_i[g] > products) begin
            products = fp4_exponent_i[g];
          end
        end else if (valid_i[g] && fp4_exponent_i[g] > zero_groups) begin
          zero_groups = fp4_exponent_i[g];
        end
      end
    end
  end

  assign something_o  = any_product || c_significand != '0;
  assign zero_floor_o = any_product && c_significand == '0 && products < SmallestNormal;
  assign zero_group_o = something_o && zero_groups > before_groups;

  always_comb begin
    before_groups = exponent_t'(ZeroFloor);
    if (products > before_groups) begin
      before_groups = products;
    end
    if (c_significand != '0 && c_exponent > before_groups) begin
      before_groups = c_exponent;
    end
  end
  // A zero group takes part: B200 compares equal to the model that lets it (models/numerics).
  assign largest_o = zero_groups > before_groups ? zero_groups : before_groups;

  // Distance of a term below the alignment exponent; a term that is not zero never lies above it.
  function automatic logic [5:0] distance(exponent_t largest, exponent_t exponent);
    logic signed [ExponentWidth:0] difference;
    difference = (ExponentWidth+1)'(largest) - (ExponentWidth+1)'(exponent);
    return difference > 11'sd63 ? 6'd63 : difference[5:0];
  endfunction

  sum_t              mask;
  sum_t              term;
  logic [SumWidth-1:0] shifted;

  always_comb begin
    mask    = kind_i == KindFp8 ? Fp8Mask : Fp4Mask;
    shifted = (SumWidth'(c_significand) << (Window - 23)) >> distance(largest_o, c_exponent);
    term    = $signed(shifted) & mask;
    sum_o   = c_i[31] ? -term : term;
    if (kind_i == KindFp8) begin
      for (int unsigned i = 0; i < OperandBytes; i++) begin
        if (fp8_magnitude_i[i] != '0) begin
          shifted = (SumWidth'(fp8_magnitude_i[i]) << (Window - Fp8ProductFraction)) >>
                    distance(largest_o, fp8_exponent_i[i]);
          term  = $signed(shifted) & mask;
          sum_o = fp8_negative_i[i] ? sum_o - term : sum_o + term;
        end
      end
    end else begin
      for (int unsigned g = 0; g < Groups; g++) begin
        if (fp4_magnitude_i[g] != '0) begin
          shifted = (SumWidth'(fp4_magnitude_i[g]) <<
                     (Window - Fp4ProductFraction - ScaleFraction)) >>
                    distance(largest_o, fp4_exponent_i[g]);
          term  = $signed(shifted) & mask;
          sum_o = fp4_negative_i[g] ? sum_o - term : sum_o + term;
        end
      end
    end
  end

endmodule
