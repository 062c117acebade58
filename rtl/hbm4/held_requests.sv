// SPDX-License-Identifier: Apache-2.0
// What the decisions of a tick need to know of the buffers in front of the queues (sections 3 and 4): what
// is told at one edge holds for the tick after it. Not modelled: the buffers themselves.

module held_requests
  import hbm4_scheduler_pkg::*;
(
  input  logic       clk_i,
  input  bank_mask_t banks_i,           // with buffered requests of either direction
  input  buffer_t    arrived_writes_i,  // that wait in the line; the largest number: or more
  input  buffer_t    write_buffer_i,    // its depth
  // Of this tick.
  input  depth_t     writes_before_i,   // in the queue before the admission
  input  depth_t     writes_i,          // after it
  output bank_mask_t buffered_banks_o,  // before it
  output buffer_t    writes_held_o      // queued and buffered, after it
);

  // No reset, so that some may wait at the first tick.
  bank_mask_t banks_q;
  buffer_t    arrived_writes_q;

  always_ff @(posedge clk_i) begin
    banks_q          <= banks_i;
    arrived_writes_q <= arrived_writes_i;
  end

  depth_t  admitted;
  buffer_t left, buffered;

  assign admitted = writes_i - writes_before_i;
  assign left     = arrived_writes_q - buffer_t'(admitted);
  assign buffered = left < write_buffer_i ? left : write_buffer_i;

  assign buffered_banks_o = banks_q;
  assign writes_held_o    = buffered + buffer_t'(writes_i);

  AdmittedHasArrived_A: assert property (
    @(posedge clk_i) admitted != '0 |-> arrived_writes_q != '0);

endmodule
