// SPDX-License-Identifier: Apache-2.0
// The column bus: the oldest hit whose bank and bank group take the column now (section 5).
// Combinational. Not modelled: auto-precharge.

module column_arbiter
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,
  localparam type slot_t = logic [$clog2(Slots)-1:0],
  localparam type slot_mask_t = logic [Slots-1:0]
) (
  input  slot_mask_t hit_i,
  input  bank_t      bank_i[Slots],
  input  bank_mask_t may_i,      // banks that take the column now
  input  bank_mask_t withheld_i, // chosen for refresh, or giving way to a starving request
  input  logic       draining_i,
  output logic       valid_o,
  output slot_t      slot_o
);

  bank_mask_t allowed;
  assign allowed = draining_i ? '0 : may_i & ~withheld_i;

  always_comb begin
    valid_o = 1'b0;
    slot_o  = '0;
    for (int unsigned i = 0; i < Slots; i++) begin
      if (!valid_o && hit_i[i] && allowed[bank_i[i]]) begin
        valid_o = 1'b1;
        slot_o  = slot_t'(i);
      end
    end
  end

endmodule
