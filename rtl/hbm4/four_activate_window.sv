// SPDX-License-Identifier: Apache-2.0
// tFAW: at most four activates in a window that rolls with them. One timer for each of the last four,
// taken in turn; the next activate waits for the oldest. Not modelled: a window per stack id.

module four_activate_window
  import hbm4_scheduler_pkg::*;
#(
  parameter fault_e Fault = FaultNone
) (
  input  logic   clk_i,
  input  logic   rst_ni,
  input  timer_t faw_i,
  input  logic   activate_i,
  output logic   may_activate_o
);

  localparam int unsigned Activates = 4;
  localparam timer_t Trim = Fault == FaultWindowShort ? timer_t'(1) : timer_t'(0);

  timer_t left_q[Activates], left_d[Activates];
  logic [$clog2(Activates)-1:0] oldest_q;

  assign may_activate_o = left_q[oldest_q] == '0;

  always_comb begin
    for (int unsigned i = 0; i < Activates; i++) begin
      left_d[i] = run_down(left_q[i]);
    end
    if (activate_i) begin
      left_d[oldest_q] = faw_i - Trim - 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q   <= '{default: '0};
      oldest_q <= '0;
    end else begin
      left_q <= left_d;
      if (activate_i) begin
        oldest_q <= oldest_q + 1'b1;
      end
    end
  end

  OnTime_A: assert property (@(posedge clk_i) activate_i |-> may_activate_o);

endmodule
