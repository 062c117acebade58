// SPDX-License-Identifier: Apache-2.0
// The oldest request of a queue that may open its row or close another now (section 6). Combinational.
// Not modelled: rows for requests in front of the queue.

module row_candidate
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,
  localparam type slot_t = logic [$clog2(Slots)-1:0],
  localparam type slot_mask_t = logic [Slots-1:0]
) (
  input  slot_mask_t closed_i,
  input  slot_mask_t conflict_i,
  input  bank_t      bank_i[Slots],
  input  bank_mask_t may_activate_i,
  input  bank_mask_t may_close_i,
  output logic       valid_o,
  output slot_t      place_o
);

  always_comb begin
    valid_o = 1'b0;
    place_o = '0;
    for (int unsigned i = 0; i < Slots; i++) begin
      if (!valid_o && ((closed_i[i] && may_activate_i[bank_i[i]]) ||
                       (conflict_i[i] && may_close_i[bank_i[i]]))) begin
        valid_o = 1'b1;
        place_o = slot_t'(i);
      end
    end
  end

endmodule
