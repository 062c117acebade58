// SPDX-License-Identifier: Apache-2.0
// The request that waits in front of a queue, first of its line: what is valid when ready is seen from the
// next tick on. Not modelled: the line behind it.

module waiting_request
  import hbm4_scheduler_pkg::*;
(
  input  logic     clk_i,
  input  logic     valid_i,
  output logic     ready_o,
  input  waiting_t request_i,
  output logic     valid_o,
  output waiting_t request_o,
  input  logic     taken_i
);

  // No reset, so that one may wait at the first tick.
  logic     valid_q;
  waiting_t request_q;

  assign valid_o   = valid_q;
  assign request_o = request_q;
  assign ready_o   = !valid_q || taken_i;

  always_ff @(posedge clk_i) begin
    if (ready_o) begin
      valid_q <= valid_i;
    end
    if (ready_o && valid_i) begin
      request_q <= request_i;
    end
  end

  TakenWhenValid_A: assert property (@(posedge clk_i) taken_i |-> valid_q);

endmodule
