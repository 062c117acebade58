// SPDX-License-Identifier: Apache-2.0
// Eight groups of 16 FP4 pairs: each group's exact sum times the significands of its two scales.
// Combinational. Not modelled: groups of another size.

module fp4_multiply
  import fp_dot_pkg::*;
(
  input  logic [OperandBytes-1:0][7:0] a_i,
  input  logic [OperandBytes-1:0][7:0] b_i,
  input  logic [7:0]                   scale_significand_i[Groups],
  // Magnitude with Fp4ProductFraction + ScaleFraction fraction bits.
  output logic [Fp4TermWidth-1:0]      magnitude_o[Groups],
  output logic [Groups-1:0]            negative_o
);

  typedef logic signed [Fp4SumWidth:0] product_t;

  product_t                      sum;
  logic        [Fp4SumWidth-1:0] sum_magnitude;
  logic signed [4:0]             a;
  logic signed [4:0]             b;

  always_comb begin
    sum = '0;
    sum_magnitude = '0;
    a = '0;
    b = '0;
    for (int unsigned g = 0; g < Groups; g++) begin
      sum = '0;
      for (int unsigned i = 0; i < GroupBytes; i++) begin
        a   = decode_fp4(a_i[GroupBytes*g+i][3:0]);
        b   = decode_fp4(b_i[GroupBytes*g+i][3:0]);
        sum = sum + product_t'(a) * product_t'(b);
        a   = decode_fp4(a_i[GroupBytes*g+i][7:4]);
        b   = decode_fp4(b_i[GroupBytes*g+i][7:4]);
        sum = sum + product_t'(a) * product_t'(b);
      end
      negative_o[g]  = sum < 0;
      sum_magnitude  = Fp4SumWidth'(sum < 0 ? -sum : sum);
      magnitude_o[g] = Fp4TermWidth'(sum_magnitude) * Fp4TermWidth'(scale_significand_i[g]);
    end
  end

endmodule
