// SPDX-License-Identifier: Apache-2.0
// The banks, most recently activated first; at the start bank 0 first (section 4). Not modelled: other
// orders of refresh.

module recency_order
  import hbm4_scheduler_pkg::*;
#(
  parameter fault_e Fault = FaultNone
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              activate_i,
  input  bank_t             bank_i,
  output bank_t [Banks-1:0] order_o
);

  bank_t [Banks-1:0] order_q, order_d;
  logic              passed;

  assign order_o = order_q;

  // Those in front of the bank move back by one place.
  always_comb begin
    order_d = order_q;
    passed  = 1'b0;
    if (activate_i && Fault != FaultPointerStuck) begin
      for (int unsigned i = 0; i < Banks; i++) begin
        if (!passed) begin
          order_d[i] = i == 0 ? bank_i : order_q[i-1];
          passed     = order_q[i] == bank_i;
        end
      end
    end
  end

  function automatic logic [Banks-1:0][$bits(bank_t)-1:0] ascending();
    for (int unsigned i = 0; i < Banks; i++) begin
      ascending[i] = bank_t'(i);
    end
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      order_q <= ascending();
    end else begin
      order_q <= order_d;
    end
  end

endmodule
