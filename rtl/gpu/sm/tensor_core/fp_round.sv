// SPDX-License-Identifier: Apache-2.0
// Cuts a fixed-point sum toward zero to FP32: subnormals are produced, overflow is infinity, zero is +0.
// Combinational. Not modelled: other roundings.

module fp32_cut
  import fp_dot_pkg::*;
(
  // Value: sum x 2^(largest - Window).
  input  sum_t        sum_i,
  input  exponent_t   largest_i,
  output logic [31:0] code_o
);

  localparam int unsigned TopWidth = $clog2(SumWidth);

  logic        [SumWidth-1:0]    magnitude;
  logic        [TopWidth-1:0]    top;  // position of the leading one
  logic        [63:0]            search;
  logic signed [ExponentWidth:0] exponent;
  logic signed [ExponentWidth:0] shift;  // to the right, so that bit 23 is the hidden one
  logic                          subnormal;
  logic        [23:0]            significand;

  assign magnitude = sum_i < 0 ? -sum_i : sum_i;

  // Binary search: the highest half that is not empty, again and again.
  always_comb begin
    search = 64'(magnitude);
    top    = '0;
    for (int b = TopWidth - 1; b >= 0; b--) begin
      if ((search >> (1 << b)) != '0) begin
        search = search >> (1 << b);
        top[b] = 1'b1;
      end
    end
  end

  assign exponent  = 11'(largest_i) + $signed({5'b0, top}) - 11'(Window);
  assign subnormal = exponent < -11'sd126;
  // A subnormal counts units of 2^-149.
  assign shift     = subnormal ? -11'sd149 - (11'(largest_i) - 11'(Window)) :
                                 $signed({5'b0, top}) - 11'sd23;
  assign significand = shift >= 0 ? 24'(magnitude >> shift) : 24'(magnitude << -shift);

  always_comb begin
    code_o = '0;
    if (exponent > 11'sd127 && magnitude != '0) begin
      code_o = {sum_i < 0, 8'hff, 23'b0};
    end else if (significand != '0) begin
      code_o = {sum_i < 0, subnormal ? 8'h0 : 8'(exponent + 11'sd127), significand[22:0]};
    end
  end

endmodule
