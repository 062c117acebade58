// SPDX-License-Identifier: Apache-2.0
// a * b + c in FP64 with one rounding, with the bits of models/numerics/exact_dot.h: an FP64 dot
// product is a chain of these in ascending k. Two stages, one a clock, no back-pressure. Not
// modelled: silicon's own pipeline depth; payloads of NaN; exception flags.

module fp64_fma (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        valid_i,
  input  logic [1:0]  rounding_i,  // to nearest even, toward zero, down, up
  input  logic [63:0] a_i,
  input  logic [63:0] b_i,
  input  logic [63:0] c_i,
  output logic        valid_o,
  output logic [63:0] d_o
);

  localparam logic [1:0] NearestEven = 2'd0;
  localparam logic [1:0] Down        = 2'd2;
  localparam logic [1:0] Up          = 2'd3;

  // Wide enough for a product of significands (106 bits), room below for a shifted addend, and a
  // carry above.
  localparam int unsigned Width = 128;
  localparam int unsigned Top   = 125;  // where both addends have their leading one

  typedef logic [Width-1:0] wide_t;
  typedef logic signed [13:0] exponent_t;

  // Value: significand x 2^(exponent - 52), subnormals not normalised.
  typedef struct packed {
    logic        nan;
    logic        infinite;
    logic        negative;
    logic [52:0] significand;
    exponent_t   exponent;
  } fp64_t;

  function automatic fp64_t decode(logic [63:0] code);
    fp64_t out;
    out.nan         = &code[62:52] && |code[51:0];
    out.infinite    = &code[62:52] && ~|code[51:0];
    out.negative    = code[63];
    out.significand = {|code[62:52], code[51:0]};
    out.exponent    = $signed({3'b0, code[62:52] | {10'b0, ~|code[62:52]}}) - 14'sd1023;
    return out;
  endfunction

  //////////////////////////////////////////
  // Stage 1: the product, both normalised //
  //////////////////////////////////////////

  fp64_t a;
  fp64_t b;
  fp64_t c;
  assign a = decode(a_i);
  assign b = decode(b_i);
  assign c = decode(c_i);

  logic [105:0] product;
  logic [6:0]   product_top;
  logic [5:0]   addend_top;
  assign product = 106'(a.significand) * 106'(b.significand);
  leading_one #(.Width(106)) u_product_top (.value_i(product), .top_o(product_top));
  leading_one #(.Width(53)) u_addend_top (.value_i(c.significand), .top_o(addend_top));

  // One addend of the sum: magnitude x 2^(exponent - Top), its leading one at Top unless it is zero.
  typedef struct packed {
    logic      negative;
    exponent_t exponent;
    wide_t     magnitude;
  } addend_t;

  addend_t x;
  addend_t y;
  always_comb begin
    x.negative  = a.negative ^ b.negative;
    x.magnitude = wide_t'(product) << (7'(Top) - product_top);
    x.exponent  = a.exponent + b.exponent - 14'sd104 + $signed({7'b0, product_top});
    y.negative  = c.negative;
    y.magnitude = wide_t'(c.significand) << (7'(Top) - 7'(addend_top));
    y.exponent  = c.exponent - 14'sd52 + $signed({8'b0, addend_top});
  end

  logic nan;
  logic infinite;
  assign infinite = a.infinite || b.infinite;
  assign nan      = a.nan || b.nan || c.nan || (a.infinite && b.significand == '0) ||
                    (b.infinite && a.significand == '0) ||
                    (infinite && c.infinite && x.negative != c.negative);

  logic       valid_q;
  addend_t    x_q;
  addend_t    y_q;
  logic       nan_q;
  logic       infinite_q;
  logic       infinite_negative_q;
  logic [1:0] rounding_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      x_q                 <= x;
      y_q                 <= y;
      nan_q               <= nan;
      infinite_q          <= infinite || c.infinite;
      infinite_negative_q <= infinite ? x.negative : c.negative;
      rounding_q          <= rounding_i;
    end
  end

  ///////////////////////////////////
  // Stage 2: the sum, the rounding //
  ///////////////////////////////////

  addend_t   upper;
  addend_t   lower;
  logic      swap;
  exponent_t distance;
  wide_t     moved;
  wide_t     sum;
  logic      sum_negative;
  logic      sum_zero;

  assign swap     = x_q.magnitude == '0 || (y_q.magnitude != '0 &&
                    (y_q.exponent > x_q.exponent ||
                     (y_q.exponent == x_q.exponent && y_q.magnitude > x_q.magnitude)));
  assign upper    = swap ? y_q : x_q;
  assign lower    = swap ? x_q : y_q;
  assign distance = lower.magnitude == '0 ? '0 : upper.exponent - lower.exponent;

  // What falls out at the lower end sets its last bit: bits far above it decide the rounding, and a
  // difference loses at most one of them where anything falls out.
  always_comb begin
    if (distance < 14'sd127) begin
      moved    = lower.magnitude >> distance[6:0];
      moved[0] = moved[0] | (moved << distance[6:0]) != lower.magnitude;
    end else begin
      moved = wide_t'(1);
    end
    sum = upper.negative == lower.negative ? upper.magnitude + moved : upper.magnitude - moved;
  end
  assign sum_zero = sum == '0;
  // An exact zero is +0, or -0 when rounding down, unless both addends have its sign.
  assign sum_negative = !sum_zero                           ? upper.negative :
                        x_q.negative == y_q.negative        ? x_q.negative : rounding_q == Down;

  logic [6:0] sum_top;
  leading_one #(.Width(Width)) u_sum_top (.value_i(sum), .top_o(sum_top));

  exponent_t   exponent;   // of the leading one
  logic        subnormal;
  exponent_t   shift;      // right, until a unit is the result's last place
  logic [7:0]  right;
  logic [62:0] kept;
  wide_t       lost;       // what is cut off, its first bit at the top
  logic        up;
  logic [62:0] finite;     // a carry out of the fraction moves on to the exponent
  logic        overflow;
  logic [63:0] result;

  assign exponent  = upper.exponent - 14'(Top) + $signed({7'b0, sum_top});
  assign subnormal = exponent < -14'sd1022;
  assign shift     = subnormal ? -14'sd1074 - (upper.exponent - 14'(Top)) :
                                 $signed({7'b0, sum_top}) - 14'sd52;
  // Results of cancelling are exact and may have to move to the left.
  assign right = shift > 14'sd128 ? 8'd128 : shift < 0 ? '0 : shift[7:0];
  assign kept  = 63'(shift < 0 ? sum << 7'(-shift) : sum >> right);
  assign lost  = sum << (8'd128 - right);

  always_comb begin
    unique case (rounding_q)
      NearestEven: up = lost[Width-1] && (lost[Width-2:0] != '0 || kept[0]);
      Down:        up = sum_negative && lost != '0;
      Up:          up = !sum_negative && lost != '0;
      default:     up = 1'b0;
    endcase
    finite = (subnormal ? '0 : 63'(unsigned'(exponent + 14'sd1022)) << 52) + kept + 63'(up);
    if (sum_zero) begin
      finite = '0;
    end
    overflow = !sum_zero && (exponent > 14'sd1023 || &finite[62:52]);
    if (nan_q) begin
      result = 64'h7ff8_0000_0000_0000;
    end else if (infinite_q) begin
      result = {infinite_negative_q, 63'h7ff0_0000_0000_0000};
    end else if (overflow) begin  // infinity, or the largest number when rounding away from it
      result = {sum_negative, 63'h7ff0_0000_0000_0000 -
                63'(rounding_q == (sum_negative ? Up : Down) || rounding_q == 2'd1)};
    end else begin
      result = {sum_negative, finite};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
    end else begin
      valid_o <= valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_q) begin
      d_o <= result;
    end
  end

  // What comes in leaves two clocks later, and nothing else does. Whoever resets the unit keeps
  // valid_i low meanwhile.
  logic [1:0] in_flight_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_flight_q <= '0;
    end else begin
      in_flight_q <= {in_flight_q[0], valid_i};
    end
  end
  LatencyIsTwo_A: assert property (
    @(posedge clk_i) valid_o == in_flight_q[1]);
  OneNan_A: assert property (
    @(posedge clk_i) valid_o && &d_o[62:52] && |d_o[51:0] |-> d_o == 64'h7ff8_0000_0000_0000);
  Normalised_A: assert property (
    @(posedge clk_i) valid_q |-> x_q.magnitude[Width-1:Top+1] == '0 &&
                                 y_q.magnitude[Width-1:Top+1] == '0);

endmodule
