// SPDX-License-Identifier: Apache-2.0
// Types, widths and decoders of the FP4/FP8 dot-product step. The numbers follow from the accumulation
// rules of models/numerics/contract.h. Not modelled: FP6, FP16 results, sparsity.

package fp_dot_pkg;

  // Bytes of one operand in one step: 64 FP8 or 128 FP4 elements, the widest contract (K doubled).
  // Narrower contracts use the lower groups only.
  parameter int unsigned OperandBytes = 64;
  // Groups with a scale and a valid bit of their own: 16 FP4 or 8 FP8 elements each.
  parameter int unsigned Groups = 8;
  parameter int unsigned GroupBytes = OperandBytes / Groups;
  // Fraction bits below the alignment exponent that the adder carries: the widest rule's (FP4).
  parameter int unsigned Window = 35;
  // Fraction bits of a product of two FP8 significands (1.3 x 1.3), of an FP4 product (1/2 x 1/2)
  // and of a product of two scales (1.3 x 1.3).
  parameter int unsigned Fp8ProductFraction = 6;
  parameter int unsigned Fp4ProductFraction = 2;
  parameter int unsigned ScaleFraction = 6;
  // A group's sum is at most 16 x 6 x 6 in quarters; times two scale significands below 16.
  parameter int unsigned Fp4SumWidth = 12;
  parameter int unsigned Fp4TermWidth = Fp4SumWidth + 8;
  // Sum of eight FP4 terms (46 bits each in the window), or 64 FP8 terms, and the accumulator.
  parameter int unsigned SumWidth = 52;
  // Exponents: two elements (at most 30) and two UE8M0 scales (127 each), signed.
  parameter int unsigned ExponentWidth = 10;

  typedef logic signed [ExponentWidth-1:0] exponent_t;
  typedef logic signed [SumWidth-1:0] sum_t;

  typedef enum logic {
    KindFp8 = 1'b0,
    KindFp4 = 1'b1
  } kind_e;

  typedef enum logic [1:0] {
    ScaleNone  = 2'd0,
    ScaleUe4m3 = 2'd1,
    ScaleUe8m0 = 2'd2
  } scale_e;

  // Where no published source settles what the hardware does (models/numerics/corner.h).
  typedef struct packed {
    logic infinite_accumulator;  // FP4 with c = +-infinity: the result is c
    logic zero_sign;             // a zero result that might be -0: +0 here
    logic zero_group;            // an FP4 group that sums to zero set the alignment exponent
    logic zero_floor;            // c = 0 and every product below the smallest normal FP32
  } corners_t;

  // What infinities and NaNs make of a step.
  typedef struct packed {
    logic nan;
    logic plus_infinity;
    logic minus_infinity;
  } specials_t;

  // Value: significand x 2^(exponent - 3), significand 1.3. Meaningless when nan or infinite.
  typedef struct packed {
    logic              nan;
    logic              infinite;
    logic              negative;
    logic        [3:0] significand;
    logic signed [5:0] exponent;
  } fp8_t;

  function automatic fp8_t decode_fp8(logic [7:0] code, logic e5m2);
    fp8_t out;
    logic [4:0] field;
    field           = e5m2 ? code[6:2] : {1'b0, code[6:3]};
    out.nan         = e5m2 ? (&code[6:2] && |code[1:0]) : &code[6:0];
    out.infinite    = e5m2 && &code[6:2] && code[1:0] == 2'b00;
    out.negative    = code[7];
    out.significand = {|field, e5m2 ? {code[1:0], 1'b0} : code[2:0]};
    // Subnormals keep the smallest exponent and are not normalised.
    out.exponent    = $signed({1'b0, field | {4'b0, ~|field}}) - (e5m2 ? 6'sd15 : 6'sd7);
    return out;
  endfunction

  // E2M1 in halves, signed: 0, 1, 2, 3, 4, 6, 8, 12 and their negatives.
  function automatic logic signed [4:0] decode_fp4(logic [3:0] code);
    logic [4:0] magnitude;
    unique case (code[2:1])
      2'd0: magnitude = {4'b0, code[0]};
      2'd1: magnitude = {4'b1, code[0]};
      2'd2: magnitude = {3'b1, code[0], 1'b0};
      2'd3: magnitude = {2'b1, code[0], 2'b0};
    endcase
    return code[3] ? -$signed(magnitude) : $signed(magnitude);
  endfunction

  // Value: significand x 2^(exponent - 3).
  typedef struct packed {
    logic            nan;
    logic      [3:0] significand;
    exponent_t       exponent;
  } scale_t;

  function automatic scale_t decode_scale(logic [7:0] code, scale_e format);
    scale_t out;
    out.nan         = 1'b0;
    out.significand = 4'b1000;
    out.exponent    = '0;
    unique case (format)
      ScaleUe8m0: begin
        out.nan      = &code;
        out.exponent = $signed({2'b0, code}) - 10'sd127;
      end
      ScaleUe4m3: begin  // the top bit is ignored
        out.nan         = &code[6:0];
        out.significand = {|code[6:3], code[2:0]};
        out.exponent    = $signed({6'b0, code[6:3] | {3'b0, ~|code[6:3]}}) - 10'sd7;
      end
      default: ;
    endcase
    return out;
  endfunction

endpackage
