// SPDX-License-Identifier: Apache-2.0
// Products of 64 FP8 pairs: exact significands and exponents, scales added to the exponents.
// Combinational. Not modelled: FP6 and FP4 elements in this kind.

module fp8_multiply
  import fp_dot_pkg::*;
(
  input  logic [OperandBytes-1:0][7:0] a_i,
  input  logic [OperandBytes-1:0][7:0] b_i,
  input  logic                         a_e5m2_i,
  input  logic                         b_e5m2_i,
  input  logic [Groups-1:0]            valid_i,
  input  exponent_t                    scale_exponent_i[Groups],
  // Magnitude with Fp8ProductFraction fraction bits; 0 takes no part.
  output logic [7:0]                   magnitude_o[OperandBytes],
  output logic [OperandBytes-1:0]      negative_o,
  output exponent_t                    exponent_o[OperandBytes],
  output specials_t                    specials_o
);

  fp8_t a;
  fp8_t b;

  always_comb begin
    specials_o = '0;
    a = '0;
    b = '0;
    for (int unsigned i = 0; i < OperandBytes; i++) begin
      magnitude_o[i] = '0;
      negative_o[i]  = 1'b0;
      exponent_o[i]  = '0;
      if (valid_i[i/GroupBytes]) begin
        a = decode_fp8(a_i[i], a_e5m2_i);
        b = decode_fp8(b_i[i], b_e5m2_i);
        magnitude_o[i] = a.significand * b.significand;
        negative_o[i]  = a.negative ^ b.negative;
        exponent_o[i]  = ExponentWidth'(a.exponent) + ExponentWidth'(b.exponent) +
                         scale_exponent_i[i/GroupBytes];
        if (a.nan || b.nan || (a.infinite && b.significand == '0) ||
            (b.infinite && a.significand == '0)) begin
          specials_o.nan = 1'b1;
        end else if (a.infinite || b.infinite) begin
          if (negative_o[i]) begin
            specials_o.minus_infinity = 1'b1;
          end else begin
            specials_o.plus_infinity = 1'b1;
          end
        end
      end
    end
  end

endmodule
