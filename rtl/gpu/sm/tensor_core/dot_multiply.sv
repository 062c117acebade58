// SPDX-License-Identifier: Apache-2.0
// Products of up to 64 pairs of any element format: exact significands and exponents, block scales
// added to the exponents. Combinational. Not modelled: operands of two widths.

module dot_multiply
  import fp_dot_pkg::*;
(
  input  logic                         enable_i,
  input  logic [OperandBytes-1:0][7:0] a_i,
  input  logic [OperandBytes-1:0][7:0] b_i,
  input  format_e                      a_format_i,
  input  format_e                      b_format_i,
  input  logic [CountWidth-1:0]        count_i,
  input  exponent_t                    scale_exponent_i[Groups],
  output term_t                        terms_o[OperandBytes],
  output specials_t                    specials_o,
  // Largest exponent that a product with a zero could have had if zeros had one: the smallest
  // exponent of the format. Of formats with 8-bit exponents only.
  output exponent_t                    zero_products_o,
  output logic                         tf32_payload_o
);

  localparam exponent_t SmallestNormal = -126;
  localparam int unsigned IndexWidth = $clog2(OperandBytes);

  logic [2:0]  width;
  logic [31:0] a_code;
  logic [31:0] b_code;
  element_t    a;
  element_t    b;
  logic        a_zero;
  logic        b_zero;
  exponent_t   a_largest;
  exponent_t   b_largest;

  assign width = element_bytes(a_format_i);

  // The payload lies in the ignored bits alone.
  function automatic logic hidden_payload(logic [30:0] code);
    return &code[30:23] && code[22:13] == '0 && code[12:0] != '0;
  endfunction

  always_comb begin
    specials_o     = '0;
    tf32_payload_o = 1'b0;
    a_code         = '0;
    b_code         = '0;
    a              = '0;
    b              = '0;
    a_zero         = 1'b0;
    b_zero         = 1'b0;
    a_largest      = LowestExponent;
    b_largest      = LowestExponent;
    for (int unsigned i = 0; i < OperandBytes; i++) begin
      terms_o[i] = '0;
      if (enable_i && i < 32'(count_i)) begin
        unique case (width)
          3'd4: begin
            a_code = a_i[IndexWidth'(4*i)+:4];
            b_code = b_i[IndexWidth'(4*i)+:4];
          end
          3'd2: begin
            a_code = 32'(a_i[IndexWidth'(2*i)+:2]);
            b_code = 32'(b_i[IndexWidth'(2*i)+:2]);
          end
          default: begin
            a_code = 32'(a_i[i]);
            b_code = 32'(b_i[i]);
          end
        endcase
        a = decode_element(a_code, a_format_i);
        b = decode_element(b_code, b_format_i);
        terms_o[i].magnitude = TermWidth'(a.significand) * TermWidth'(b.significand);
        terms_o[i].negative  = a.negative ^ b.negative;
        terms_o[i].exponent  = a.exponent + b.exponent + scale_exponent_i[i/GroupBytes];
        if (a.nan || b.nan || (a.infinite && b.significand == '0) ||
            (b.infinite && a.significand == '0)) begin
          specials_o.nan = 1'b1;
        end else if (a.infinite || b.infinite) begin
          if (terms_o[i].negative) begin
            specials_o.minus_infinity = 1'b1;
          end else begin
            specials_o.plus_infinity = 1'b1;
          end
        end
        if (a.significand == '0) begin
          a_zero = 1'b1;
        end else if (a.exponent > a_largest) begin
          a_largest = a.exponent;
        end
        if (b.significand == '0) begin
          b_zero = 1'b1;
        end else if (b.exponent > b_largest) begin
          b_largest = b.exponent;
        end
        if (a_format_i == FormatTf32 &&
            (hidden_payload(a_code[30:0]) || hidden_payload(b_code[30:0]))) begin
          tf32_payload_o = 1'b1;
        end
      end
    end
  end

  always_comb begin
    zero_products_o = LowestExponent;
    if (a_format_i == FormatBf16 || a_format_i == FormatTf32) begin
      if (a_zero && b_largest != LowestExponent) begin
        zero_products_o = SmallestNormal + b_largest;
      end
      if (b_zero && a_largest != LowestExponent &&
          SmallestNormal + a_largest > zero_products_o) begin
        zero_products_o = SmallestNormal + a_largest;
      end
    end
  end

endmodule
