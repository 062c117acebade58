// SPDX-License-Identifier: Apache-2.0
// My dot-product leaf of the tensor core: 64 products of E4M3 numbers and an FP32 accumulator, in one
// clock. Not modelled: what the assertion below excludes, NaN, results below the normal FP32 numbers.
module my_rtl (
  input  logic               clk_i, rst_ni, valid_i, kind_i, zero_group_takes_part_i, added_after_i,
  input  logic [3:0]         a_format_i, b_format_i,
  input  logic [2:0]         output_i,
  input  logic [1:0]         scale_format_i,
  input  logic [5:0]         fraction_bits_i,
  input  logic signed [10:0] zero_floor_i,
  input  logic [7:0]         count_i,               // elements that take part
  input  logic [63:0][7:0]   a_i, b_i,              // zeros beyond K
  input  logic [7:0][7:0]    a_scale_i, b_scale_i,
  input  logic [31:0]        c_i,
  output logic               valid_o,
  output logic [31:0]        d_o,
  output logic [5:0]         corners_o
);
  localparam int FractionBits = 25;    // that a term keeps below the largest exponent: Rubin's rule
  localparam int ZeroExponent = -133;  // of the rule, where nothing but zeros comes together
  function automatic logic signed [9:0] exponent_of(logic [3:0] field);
    return 10'({field[3:1], field[0] | ~|field}) - 10'd7;
  endfunction
  // Term 64 is the accumulator. A value is magnitude x 2^(exponent - FractionBits).
  logic [39:0]       magnitude[65], term, sum, size;
  logic signed [9:0] exponent[65], largest, top;
  logic [64:0]       negative;
  always_comb begin
    for (int i = 0; i < 64; i++) begin
      magnitude[i] = 40'({|a_i[i][6:3], a_i[i][2:0]}) * 40'({|b_i[i][6:3], b_i[i][2:0]}) << (FractionBits - 6);
      exponent[i]  = exponent_of(a_i[i][6:3]) + exponent_of(b_i[i][6:3]);
      negative[i]  = a_i[i][7] ^ b_i[i][7];
    end
    magnitude[64] = 40'({|c_i[30:23], c_i[22:0]}) << (FractionBits - 23);
    exponent[64]  = 10'(c_i[30:23]) - 10'd127;
    negative[64]  = c_i[31];
    largest = 10'(ZeroExponent);
    for (int i = 0; i < 65; i++) if (magnitude[i] != 0 && exponent[i] > largest) largest = exponent[i];
    sum = '0;
    for (int i = 0; i < 65; i++) begin
      term = magnitude[i] >> (largest - exponent[i]);  // what lies below is cut off
      sum  = negative[i] ? sum - term : sum + term;
    end
    size = sum[39] ? -sum : sum;
    top  = 0;
    for (int b = 0; b < 40; b++) if (size[b]) top = 10'(b);  // the leading one
  end
  always_ff @(posedge clk_i) begin
    valid_o   <= rst_ni & valid_i;
    d_o       <= size == 0 ? 0 : {sum[39], 8'(largest + top + 10'(127 - FractionBits)),
                                  23'((size << (39 - top)) >> 16)};
    corners_o <= '0;
  end
  E4m3_A: assert property (@(posedge clk_i) valid_i |->
    a_format_i == 3 && b_format_i == 3 && {scale_format_i, |a_scale_i, |b_scale_i, kind_i} == 0);
  MyRule_A: assert property (@(posedge clk_i) valid_i |->
    32'(fraction_bits_i) == FractionBits && 32'(zero_floor_i) == ZeroExponent && count_i <= 64 &&
    {output_i, added_after_i, ~zero_group_takes_part_i} == 0);
endmodule
