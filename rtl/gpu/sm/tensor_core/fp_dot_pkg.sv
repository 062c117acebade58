// SPDX-License-Identifier: Apache-2.0
// Types, widths and decoders of the dot-product step. The numbers follow from the rules of
// models/numerics/contract.h and the formats of number_format.h. Not modelled: FP64, sparsity.

package fp_dot_pkg;

  // Bytes of one operand in one step: 128 FP4, 64 FP8, 32 FP16 or 16 TF32 elements, the widest
  // contract (K doubled). Narrower contracts use the lower bytes only.
  parameter int unsigned OperandBytes = 64;
  // Groups with a scale of their own: 16 FP4 elements or 8 of the other kinds each.
  parameter int unsigned Groups = 8;
  parameter int unsigned GroupBytes = OperandBytes / Groups;
  parameter int unsigned CountWidth = 8;
  // Fraction bits of an element's significand: FP16 and TF32 have 1.10, narrower ones are padded.
  parameter int unsigned ElementFraction = 10;
  parameter int unsigned ProductFraction = 2 * ElementFraction;
  // Fraction bits of the accumulator's significand.
  parameter int unsigned AccumulatorFraction = 23;
  // Fraction bits below the alignment exponent that the adder carries: as many as a rule may keep.
  parameter int unsigned Window = 40;
  // Fraction bits of an FP4 product (1/2 x 1/2) and of a product of two scales (1.3 x 1.3).
  parameter int unsigned Fp4Fraction = 2 + 6;
  // A group's sum is at most 16 x 6 x 6 in quarters; times two scale significands below 2.
  parameter int unsigned Fp4SumWidth = 12;
  parameter int unsigned TermWidth = Fp4SumWidth + 8 - Fp4Fraction + ProductFraction;
  // An integer accumulator, in units of 2^(ProductFraction - AccumulatorFraction).
  parameter int unsigned AccumulatorWidth = 32 + AccumulatorFraction - ProductFraction;
  // Eight FP4 terms below 2^11 each, or an integer accumulator (32 bits from Window -
  // ProductFraction on), and the sign.
  parameter int unsigned SumWidth = Window + 16;
  // Exponents: two BF16 elements, or two FP8 elements and two UE8M0 scales, or a floor that never
  // shows.
  parameter int unsigned ExponentWidth = 11;

  typedef logic signed [ExponentWidth-1:0] exponent_t;
  typedef logic signed [SumWidth-1:0] sum_t;

  parameter exponent_t LowestExponent = {1'b1, {ExponentWidth - 1{1'b0}}};
  // Where integers lie: every one of them has this exponent, so that their sum is exact.
  parameter exponent_t IntegerExponent = exponent_t'(ElementFraction);

  typedef enum logic {
    KindProducts = 1'b0,  // every product is a term
    KindGroups   = 1'b1   // 16 FP4 products are summed exactly into one
  } kind_e;

  typedef enum logic [3:0] {
    FormatE2m1  = 4'd0,
    FormatE2m3  = 4'd1,
    FormatE3m2  = 4'd2,
    FormatE4m3  = 4'd3,
    FormatE5m2  = 4'd4,
    FormatFp16  = 4'd5,
    FormatBf16  = 4'd6,
    FormatTf32  = 4'd7,
    FormatInt8  = 4'd8,
    FormatUint8 = 4'd9,
    FormatTi16  = 4'd10
  } format_e;

  typedef enum logic [1:0] {
    ScaleNone  = 2'd0,
    ScaleUe4m3 = 2'd1,
    ScaleUe8m0 = 2'd2,
    ScaleUe5m3 = 2'd3
  } scale_e;

  // How the sum becomes the result, and thereby the format of c and d.
  typedef enum logic [2:0] {
    OutputFp32Cut     = 3'd0,  // toward zero
    OutputE8m13Cut    = 3'd1,  // 13 fraction bits, stored as FP32
    OutputFp32Nearest = 3'd2,  // ties to even
    OutputFp16Nearest = 3'd3,
    OutputInt32Wrap   = 3'd4,
    OutputInt32Clamp  = 3'd5
  } output_e;

  // What the alignment needs to know of the accumulation rule.
  typedef struct packed {
    kind_e      kind;
    output_e    out;
    logic [5:0] fraction_bits;
    exponent_t  zero_floor;
    logic       zero_group_takes_part;
  } rule_t;

  // Where no published source settles what the hardware does (models/numerics/corner.h).
  typedef struct packed {
    logic tf32_payload;          // a TF32 NaN with its payload in the ignored bits: infinity here
    logic zero_element;          // a zero met a huge element: their product takes no part
    logic infinite_accumulator;  // FP4 with c = +-infinity: the result is c
    logic zero_sign;             // a zero result that might be -0: +0 here
    logic zero_group;            // an FP4 group that sums to zero lies above the alignment exponent
    logic zero_floor;            // c = 0 and every product below the smallest normal accumulator
  } corners_t;

  // What infinities and NaNs make of a step.
  typedef struct packed {
    logic nan;
    logic plus_infinity;
    logic minus_infinity;
  } specials_t;

  // One addend before the alignment: magnitude x 2^(exponent - ProductFraction); 0 takes no part.
  typedef struct packed {
    logic                 negative;
    exponent_t            exponent;
    logic [TermWidth-1:0] magnitude;
  } term_t;

  function automatic logic is_integer(output_e out);
    return out == OutputInt32Wrap || out == OutputInt32Clamp;
  endfunction

  function automatic logic is_integer_format(format_e format);
    return format == FormatInt8 || format == FormatUint8 || format == FormatTi16;
  endfunction

  // Bytes that an element takes. 4- and 6-bit elements lie in a byte each, but for FP4 groups.
  function automatic logic [2:0] element_bytes(format_e format);
    unique case (format)
      FormatTf32:                         return 3'd4;
      FormatFp16, FormatBf16, FormatTi16: return 3'd2;
      default:                            return 3'd1;
    endcase
  endfunction

  // Value: significand x 2^(exponent - ElementFraction). Meaningless when nan or infinite, but the
  // significand is then not zero.
  typedef struct packed {
    logic                     nan;
    logic                     infinite;
    logic                     negative;
    logic [ElementFraction:0] significand;
    exponent_t                exponent;
  } element_t;

  function automatic element_t decode_element(logic [31:0] code, format_e format);
    element_t    out;
    logic [7:0]  field;
    logic [9:0]  fraction;
    logic        ieee;  // the largest exponent field holds infinity and the NaNs
    exponent_t   bias;
    out      = '0;
    field    = '0;
    fraction = '0;
    ieee     = 1'b0;
    bias     = '0;
    unique case (format)
      FormatE2m1: begin
        {out.negative, field[1:0], fraction[9]} = code[3:0];
        bias = 11'sd1;
      end
      FormatE2m3: begin
        {out.negative, field[1:0], fraction[9:7]} = code[5:0];
        bias = 11'sd1;
      end
      FormatE3m2: begin
        {out.negative, field[2:0], fraction[9:8]} = code[5:0];
        bias = 11'sd3;
      end
      FormatE4m3: begin
        {out.negative, field[3:0], fraction[9:7]} = code[7:0];
        bias    = 11'sd7;
        out.nan = &code[6:0];
      end
      FormatE5m2: begin
        {out.negative, field[4:0], fraction[9:8]} = code[7:0];
        bias = 11'sd15;
        ieee = &code[6:2];
      end
      FormatFp16: begin
        {out.negative, field[4:0], fraction} = code[15:0];
        bias = 11'sd15;
        ieee = &code[14:10];
      end
      FormatBf16: begin
        {out.negative, field, fraction[9:3]} = code[15:0];
        bias = 11'sd127;
        ieee = &code[14:7];
      end
      FormatTf32: begin  // the low 13 bits are ignored
        {out.negative, field, fraction} = code[31:13];
        bias = 11'sd127;
        ieee = &code[30:23];
      end
      FormatInt8:  out.negative = code[7];
      FormatTi16:  out.negative = code[15];
      default: ;
    endcase
    if (ieee) begin
      out.nan      = |fraction;
      out.infinite = ~|fraction;
    end
    // Subnormals keep the smallest exponent and are not normalised.
    out.significand = {|field, fraction};
    out.exponent    = $signed({3'b0, field | {7'b0, ~|field}}) - bias;
    if (is_integer_format(format)) begin
      out.exponent = IntegerExponent;
      unique case (format)
        FormatInt8:  out.significand = {3'b0, code[7] ? -code[7:0] : code[7:0]};
        FormatUint8: out.significand = {3'b0, code[7:0]};
        default:     out.significand = code[10:0];
      endcase
    end
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
    logic       nan;
    logic [3:0] significand;
    exponent_t  exponent;
  } scale_t;

  function automatic scale_t decode_scale(logic [7:0] code, scale_e format);
    scale_t out;
    out.nan         = 1'b0;
    out.significand = 4'b1000;
    out.exponent    = '0;
    unique case (format)
      ScaleUe8m0: begin
        out.nan      = &code;
        out.exponent = $signed({3'b0, code}) - 11'sd127;
      end
      ScaleUe4m3: begin  // the top bit is ignored
        out.nan         = &code[6:0];
        out.significand = {|code[6:3], code[2:0]};
        out.exponent    = $signed({7'b0, code[6:3] | {3'b0, ~|code[6:3]}}) - 11'sd7;
      end
      ScaleUe5m3: begin
        out.nan         = &code;
        out.significand = {|code[7:3], code[2:0]};
        out.exponent    = $signed({6'b0, code[7:3] | {4'b0, ~|code[7:3]}}) - 11'sd15;
      end
      default: ;
    endcase
    return out;
  endfunction

  // Value: significand x 2^(exponent - AccumulatorFraction).
  typedef struct packed {
    logic                        negative;
    logic [AccumulatorWidth-1:0] significand;
    exponent_t                   exponent;
  } addend_t;

  // The value of an infinity or a NaN is meaningless.
  typedef struct packed {
    logic    nan;
    logic    infinite;
    addend_t value;
  } accumulator_t;

  function automatic accumulator_t decode_accumulator(logic [31:0] code, output_e out);
    accumulator_t c;
    element_t     half;
    half = decode_element(code, FormatFp16);
    if (is_integer(out)) begin
      c.nan               = 1'b0;
      c.infinite          = 1'b0;
      c.value.negative    = code[31];
      c.value.significand = {code[31] ? -code : code, 3'b0};
      c.value.exponent    = IntegerExponent + IntegerExponent;
    end else if (out == OutputFp16Nearest) begin
      c.nan               = half.nan;
      c.infinite          = half.infinite;
      c.value.negative    = half.negative;
      c.value.significand = {11'b0, half.significand, 13'b0};
      c.value.exponent    = half.exponent;
    end else begin
      c.nan               = &code[30:23] && |code[22:0];
      c.infinite          = &code[30:23] && ~|code[22:0];
      c.value.negative    = code[31];
      c.value.significand = {11'b0, |code[30:23], code[22:0]};
      c.value.exponent    = $signed({3'b0, code[30:23] | {7'b0, ~|code[30:23]}}) - 11'sd127;
    end
    return c;
  endfunction

endpackage
