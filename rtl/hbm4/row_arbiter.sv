// SPDX-License-Identifier: Apache-2.0
// The row bus: the refresh that is chosen, or its precharge, else the oldest request that may open its
// row or close another, of the direction before the one that waits (section 6). Combinational. Not
// modelled: the page policies that close unused rows.

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
  // Requests by queue, 0 of reads, and which of the queues has the column bus.
  input  logic         prepare_rows_i,
  input  logic         writing_i,
  input  request_t     request_i[2][Slots],
  input  slot_mask_t   closed_i[2],
  input  slot_mask_t   conflict_i[2],
  input  bank_mask_t   hit_banks_i[2],
  input  bank_mask_t   giving_way_i,  // the bank of a starving request
  input  bank_mask_t   asked_i,       // banks with requests of the direction
  // The banks.
  input  bank_mask_t   open_i,
  input  bank_mask_t   cycle_over_i,  // its own tRC, tRP, tRFC are over
  input  bank_mask_t   may_activate_i,
  input  bank_mask_t   may_precharge_i,
  input  logic         may_precharge_any_i,  // tPPD
  input  bank_mask_t   may_refresh_i,
  output row_sent_t    row_sent_o,
  output logic         for_request_o,
  output logic         for_write_o,  // of the queue of writes
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
      refresh_valid   = may_refresh_i[chosen_bank_i];
    end
  end

  // Requests: of the direction, else of the one that waits, in banks that the direction does not ask for.
  bank_mask_t others;
  bank_mask_t may_serve[2];
  logic       valid[2];
  slot_t      place[2];

  always_comb begin
    others = '1;
    if (chosen_i) begin
      others[chosen_bank_i] = 1'b0;
    end
  end

  assign may_serve[0] = others;
  assign may_serve[1] = prepare_rows_i ? others & ~asked_i : '0;

  for (genvar w = 0; w < 2; w++) begin : gen_candidates
    logic  queue;
    bank_t bank[Slots];

    assign queue = writing_i ^ 1'(w);

    always_comb begin
      for (int unsigned i = 0; i < Slots; i++) begin
        bank[i] = request_i[queue][i].bank;
      end
    end

    row_candidate #(
      .Slots(Slots)
    ) u_candidate (
      .closed_i      (closed_i[queue]),
      .conflict_i    (conflict_i[queue]),
      .bank_i        (bank),
      .may_activate_i(may_activate_i & may_serve[w]),
      .may_close_i   (may_precharge_i & may_serve[w] & ~(hit_banks_i[queue] & ~giving_way_i)),
      .valid_o       (valid[w]),
      .place_o       (place[w])
    );
  end

  logic waits;

  assign waits       = !valid[0];
  assign place_o     = place[waits];
  assign for_write_o = writing_i ^ waits;

  always_comb begin
    row_sent_o    = '0;
    for_request_o = 1'b0;
    if (free_i && refresh_valid) begin
      row_sent_o.valid   = 1'b1;
      row_sent_o.command = refresh_command;
      row_sent_o.bank    = draining_i ? '0 : chosen_bank_i;
    end else if (free_i && valid[waits] && !draining_i) begin
      row_sent_o.valid   = 1'b1;
      row_sent_o.command = closed_i[for_write_o][place_o] ? RowActivate : RowPrecharge;
      row_sent_o.bank    = request_i[for_write_o][place_o].bank;
      row_sent_o.row     = request_i[for_write_o][place_o].row;
      for_request_o      = 1'b1;
    end
  end

endmodule
