// SPDX-License-Identifier: Apache-2.0
// The row bus: the refresh that is chosen, or its precharge, else the oldest request that may open its
// row or close another (section 6). Combinational. Not modelled: row commands for the direction that
// does not have the buses.

module row_arbiter
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,
  localparam type slot_t = logic [$clog2(Slots)-1:0],
  localparam type slot_mask_t = logic [Slots-1:0]
) (
  input  logic         free_i,  // the bus is not held
  // Refresh.
  input  logic         chosen_i,
  input  bank_t        chosen_bank_i,
  input  logic         draining_i,
  // Requests of the direction.
  input  slot_mask_t   closed_i,
  input  slot_mask_t   conflict_i,
  input  bank_t        bank_i[Slots],
  input  row_t         row_i[Slots],
  input  bank_mask_t   hit_banks_i,
  input  bank_mask_t   giving_way_i,  // the bank of a starving request
  // The banks.
  input  bank_mask_t   open_i,
  input  bank_mask_t   cycle_over_i,  // its own tRC, tRP, tRFC are over
  input  bank_mask_t   may_activate_i,
  input  bank_mask_t   may_precharge_i,
  input  logic         may_precharge_any_i,  // tPPD
  input  logic         may_refresh_bank_i,
  output row_sent_t    row_sent_o,
  output logic         for_request_o,
  output slot_t        place_o
);

  // Refresh of the chosen bank or of all.
  logic         refresh_valid;
  row_command_e refresh_command;

  always_comb begin
    refresh_valid   = 1'b0;
    refresh_command = RowRefreshBank;
    if (draining_i && open_i != '0) begin
      refresh_command = RowPrechargeAll;
      refresh_valid   = may_precharge_any_i && (open_i & ~may_precharge_i) == '0;
    end else if (draining_i) begin
      refresh_command = RowRefreshAll;
      // A precharge of all is one of closed banks too, so all timers of banks count.
      refresh_valid   = cycle_over_i == '1;
    end else if (chosen_i && open_i[chosen_bank_i]) begin
      refresh_command = RowPrecharge;
      refresh_valid   = may_precharge_i[chosen_bank_i];
    end else if (chosen_i) begin
      refresh_valid   = cycle_over_i[chosen_bank_i] && may_refresh_bank_i;
    end
  end

  // The oldest request that may go.
  bank_mask_t others;
  bank_mask_t to_activate;
  bank_mask_t to_close;
  logic       request_valid;
  slot_t      place;

  always_comb begin
    others = '1;
    if (chosen_i) begin
      others[chosen_bank_i] = 1'b0;
    end
  end

  assign to_activate = may_activate_i & others;
  assign to_close    = may_precharge_i & others & ~(hit_banks_i & ~giving_way_i);

  always_comb begin
    request_valid = 1'b0;
    place  = '0;
    for (int unsigned i = 0; i < Slots; i++) begin
      if (!request_valid && ((closed_i[i] && to_activate[bank_i[i]]) ||
                             (conflict_i[i] && to_close[bank_i[i]]))) begin
        request_valid = 1'b1;
        place  = slot_t'(i);
      end
    end
  end

  assign place_o = place;

  always_comb begin
    row_sent_o    = '0;
    for_request_o = 1'b0;
    if (free_i && refresh_valid) begin
      row_sent_o.valid   = 1'b1;
      row_sent_o.command = refresh_command;
      row_sent_o.bank    = draining_i ? '0 : chosen_bank_i;
    end else if (free_i && request_valid && !draining_i) begin
      row_sent_o.valid   = 1'b1;
      row_sent_o.command = closed_i[place] ? RowActivate : RowPrecharge;
      row_sent_o.bank    = bank_i[place];
      row_sent_o.row     = row_i[place];
      for_request_o      = 1'b1;
    end
  end

endmodule
