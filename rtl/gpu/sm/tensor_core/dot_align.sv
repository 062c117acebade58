// SPDX-License-Identifier: Apache-2.0
// Finds the alignment exponent of a step, cuts every term toward zero at the rule's fraction bits
// and adds them exactly. Combinational. Not modelled: rounding other than toward zero (there are no
// sticky bits).

module dot_align
  import fp_dot_pkg::*;
(
  input  rule_t             rule_i,
  input  term_t             terms_i[OperandBytes],  // of groups: the lower ones
  input  logic [Groups-1:0] group_valid_i,
  input  exponent_t         zero_products_i,
  input  addend_t           c_i,
  // Sum in units of 2^(largest_o - Window).
  output exponent_t         largest_o,
  output sum_t              sum_o,
  output logic              something_o,  // a product or the accumulator is not zero
  output logic              zero_floor_o,
  output logic              zero_group_o,
  output logic              zero_element_o
);

  localparam exponent_t SmallestFp32 = -126;
  localparam exponent_t SmallestFp16 = -14;

  logic      c_zero;
  logic      any_product;
  exponent_t products;     // largest exponent of the terms that are not zero
  exponent_t zero_groups;  // of the FP4 groups that sum to zero
  exponent_t before_groups;
  exponent_t smallest;     // exponent of the accumulator's smallest normal number

  assign c_zero = c_i.significand == '0;

  always_comb begin
    products    = LowestExponent;
    zero_groups = LowestExponent;
    any_product = 1'b0;
    for (int unsigned i = 0; i < OperandBytes; i++) begin
      if (terms_i[i].magnitude != '0) begin
        any_product = 1'b1;
        if (terms_i[i].exponent > products) begin
          products = terms_i[i].exponent;
        end
      end
    end
    if (rule_i.kind == KindGroups) begin
      for (int unsigned g = 0; g < Groups; g++) begin
        if (group_valid_i[g] && terms_i[g].magnitude == '0 &&
            terms_i[g].exponent > zero_groups) begin
          zero_groups = terms_i[g].exponent;
        end
      end
    end
  end

  always_comb begin
    before_groups = rule_i.zero_floor;
    if (products > before_groups) begin
      before_groups = products;
    end
    if (!c_zero && c_i.exponent > before_groups) begin
      before_groups = c_i.exponent;
    end
  end
  assign largest_o = rule_i.zero_group_takes_part && zero_groups > before_groups ? zero_groups :
                                                                                  before_groups;

  assign something_o    = any_product || !c_zero;
  assign smallest       = rule_i.out == OutputFp16Nearest ? SmallestFp16 : SmallestFp32;
  assign zero_floor_o   = any_product && c_zero && products < smallest;
  assign zero_group_o   = something_o && zero_groups > before_groups;
  assign zero_element_o = something_o && zero_products_i > largest_o;

  // Distance of a term below the alignment exponent; a term that is not zero never lies above it.
  function automatic logic [5:0] distance(exponent_t largest, exponent_t exponent);
    logic signed [ExponentWidth:0] difference;
    difference = (ExponentWidth+1)'(largest) - (ExponentWidth+1)'(exponent);
    return difference > 12'sd63 ? 6'd63 : difference[5:0];
  endfunction

  // Keeps the fraction bits of the rule and drops what lies below them in the window.
  sum_t                mask;
  sum_t                term;
  logic [SumWidth-1:0] shifted;

  always_comb begin
    mask    = sum_t'(-1) << (6'(Window) - rule_i.fraction_bits);
    shifted = (SumWidth'(c_i.significand) << (Window - AccumulatorFraction)) >>
              distance(largest_o, c_i.exponent);
    term    = $signed(shifted) & mask;
    sum_o   = c_i.negative ? -term : term;
    for (int unsigned i = 0; i < OperandBytes; i++) begin
      if (terms_i[i].magnitude != '0) begin
        shifted = (SumWidth'(terms_i[i].magnitude) << (Window - ProductFraction)) >>
                  distance(largest_o, terms_i[i].exponent);
        term  = $signed(shifted) & mask;
        sum_o = terms_i[i].negative ? sum_o - term : sum_o + term;
      end
    end
  end

endmodule
