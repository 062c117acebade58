// SPDX-License-Identifier: Apache-2.0
// x + y in FP32, nearest even: the accumulator of instructions that add it after their products.
// Combinational. Not modelled: the payload of a NaN; -0 as a result, since x is never -0.

module fp32_add
  import fp_dot_pkg::*;
(
  input  logic [31:0] x_i,
  input  logic [31:0] y_i,
  output logic [31:0] code_o
);

  accumulator_t x;
  accumulator_t y;
  addend_t      upper;  // the one with the larger exponent
  addend_t      lower;
  logic         swap;
  assign x     = decode_accumulator(x_i, OutputFp32Nearest);
  assign y     = decode_accumulator(y_i, OutputFp32Nearest);
  assign swap  = x.value.significand == '0 ||
                 (y.value.significand != '0 && y.value.exponent > x.value.exponent);
  assign upper = swap ? y.value : x.value;
  assign lower = swap ? x.value : y.value;

  logic signed [ExponentWidth:0] distance;
  logic        [SumWidth-1:0]    wide;
  logic        [SumWidth-1:0]    moved;
  sum_t                          first;
  sum_t                          second;
  sum_t                          sum;
  logic        [31:0]            finite;

  assign distance = (ExponentWidth+1)'(upper.exponent) - (ExponentWidth+1)'(lower.exponent);
  assign wide     = SumWidth'(lower.significand) << (Window - AccumulatorFraction);

  // What falls out of the window sets its last bit, which lies far below the place of the rounding.
  always_comb begin
    moved = '0;
    if (distance < 12'sd63) begin
      moved    = wide >> distance[5:0];
      moved[0] = moved[0] | (moved << distance[5:0]) != wide;
    end else begin
      moved[0] = lower.significand != '0;
    end
    first  = $signed(SumWidth'(upper.significand) << (Window - AccumulatorFraction));
    second = $signed(moved);
    sum    = (upper.negative ? -first : first) + (lower.negative ? -second : second);
  end

  fp_round u_fp_round (
    .sum_i    (sum),
    .largest_i(upper.exponent),
    .output_i (OutputFp32Nearest),
    .code_o   (finite)
  );

  always_comb begin
    if (x.nan || y.nan || (x.infinite && y.infinite && x_i[31] != y_i[31])) begin
      code_o = 32'h7fff_ffff;
    end else if (x.infinite || y.infinite) begin
      code_o = x.infinite ? x_i : y_i;
    end else begin
      code_o = finite;
    end
  end

endmodule
