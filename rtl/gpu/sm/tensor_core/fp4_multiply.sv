// SPDX-License-Identifier: Apache-2.0
// Eight groups of 16 FP4 pairs: each group's exact sum times the significands of its two scales.
// Combinational. Not modelled: groups of another size.

module fp4_multiply
  import fp_dot_pkg::*;
(
  input  logic                         enable_i,
  input  logic [OperandBytes-1:0][7:0] a_i,
  input  logic [OperandBytes-1:0][7:0] b_i,
  input  logic [7:0]                   scale_significand_i[Groups],  // 0: the group takes no part
  input  exponent_t                    scale_exponent_i[Groups],
  output term_t                        terms_o[Groups]
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
      sum        = '0;
      terms_o[g] = '0;
      if (enable_i && scale_significand_i[g] != '0) begin
        for (int unsigned i = 0; i < GroupBytes; i++) begin
          a   = decode_fp4(a_i[GroupBytes*g+i][3:0]);
          b   = decode_fp4(b_i[GroupBytes*g+i][3:0]);
          sum = sum + product_t'(a) * product_t'(b);
          a   = decode_fp4(a_i[GroupBytes*g+i][7:4]);
          b   = decode_fp4(b_i[GroupBytes*g+i][7:4]);
          sum = sum + product_t'(a) * product_t'(b);
        end
      end
      terms_o[g].negative  = sum < 0;
      terms_o[g].exponent  = scale_exponent_i[g];
      sum_magnitude        = Fp4SumWidth'(sum < 0 ? -sum : sum);
      terms_o[g].magnitude = TermWidth'(sum_magnitude) * TermWidth'(scale_significand_i[g]) <<
                             (ProductFraction - Fp4Fraction);
    end
  end

endmodule
