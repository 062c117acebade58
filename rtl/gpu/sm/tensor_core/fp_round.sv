// SPDX-License-Identifier: Apache-2.0
// Makes a result of a fixed-point sum: FP32 or E8M13 cut toward zero, FP32 or FP16 to nearest even,
// 32-bit integers. Subnormals are produced, overflow is infinity, zero is +0. Combinational. Not
// modelled: NaN.

module fp_round
  import fp_dot_pkg::*;
(
  // Value: sum x 2^(largest - Window).
  input  sum_t        sum_i,
  input  exponent_t   largest_i,
  input  output_e     output_i,
  output logic [31:0] code_o
);

  localparam int unsigned TopWidth = $clog2(SumWidth);
  typedef logic signed [ExponentWidth:0] wide_t;

  logic [SumWidth-1:0] magnitude;
  logic [TopWidth-1:0] top;  // position of the leading one
  assign magnitude = sum_i < 0 ? -sum_i : sum_i;

  leading_one #(.Width(SumWidth)) u_leading_one (.value_i(magnitude), .top_o(top));

  logic  half;
  wide_t smallest;   // exponent of the smallest normal number
  wide_t largest;    // and of the largest
  wide_t precision;  // explicit fraction bits
  assign half      = output_i == OutputFp16Nearest;
  assign smallest  = half ? -12'sd14 : -12'sd126;
  assign largest   = half ? 12'sd15 : 12'sd127;
  assign precision = half ? 12'sd10 : 12'sd23;

  wide_t               unit;      // of the sum
  wide_t               exponent;
  logic                subnormal;
  wide_t               shift;     // to the right, until a unit is the result's last place
  logic [5:0]          right;
  logic [5:0]          left;
  logic [30:0]         kept;
  logic [SumWidth-1:0] lost;      // what is cut off, its first bit at the top
  logic                up;

  assign unit      = wide_t'(largest_i) - wide_t'(Window);
  assign exponent  = unit + $signed({6'b0, top});
  assign subnormal = exponent < smallest;
  assign shift     = (subnormal ? smallest : exponent) - precision - unit;
  // A sum has fewer bits than the largest shift, to either side.
  assign right     = shift > 12'sd63 ? 6'd63 : shift < 0 ? 6'd0 : shift[5:0];
  assign left      = shift < 0 ? 6'(-shift) : 6'd0;
  assign kept      = 31'(magnitude >> right << left);
  assign lost      = right > 6'(SumWidth) ? '0 : magnitude << (6'(SumWidth) - right);
  // The half place decides; a tie goes to the even neighbour.
  assign up        = (half || output_i == OutputFp32Nearest) && lost[SumWidth-1] &&
                     (lost[SumWidth-2:0] != '0 || kept[0]);

  logic [30:0] normal;  // a carry out of the fraction moves on to the exponent
  logic [30:0] finite;
  sum_t        whole;   // the integer

  always_comb begin
    normal = 31'(unsigned'(exponent - smallest)) << (half ? 10 : 23);
    finite = (subnormal ? '0 : normal) + kept + 31'(up);
    if (magnitude == '0) begin
      finite = '0;
    end else if (exponent > largest) begin
      finite = half ? 31'h7c00 : 31'h7f80_0000;
    end
    if (output_i == OutputE8m13Cut) begin
      finite[9:0] = '0;
    end
    whole = sum_i >>> (Window - ProductFraction);
    unique case (output_i)
      OutputInt32Wrap:  code_o = whole[31:0];
      OutputInt32Clamp: code_o = whole > sum_t'(32'sh7fff_ffff) ? 32'h7fff_ffff :
                                 whole < sum_t'(32'sh8000_0000) ? 32'h8000_0000 : whole[31:0];
      OutputFp16Nearest: code_o = {16'b0, sum_i < 0 && finite != '0, finite[14:0]};
      default:           code_o = {sum_i < 0 && finite != '0, finite};
    endcase
  end

endmodule
