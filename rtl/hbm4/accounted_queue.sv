// SPDX-License-Identifier: Apache-2.0
// The queue of one direction with the request that waits in front of it, and the accounts of its requests.
// Not modelled: a queue for both.

module accounted_queue
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,
  parameter bit          Writes = 1'b0,
  parameter fault_e      Fault = FaultNone,
  localparam type slot_t = logic [$clog2(Slots)-1:0],
  localparam type slot_mask_t = logic [Slots-1:0]
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  queue_policy_t policy_i,
  input  tick_t         tick_i,
  // The first request of the line; it waits from the next tick on.
  input  logic          offered_i,
  input  waiting_t      offer_i,
  output logic          ready_o,
  output logic          waits_o,
  // The banks' rows, and ticks that are left of a refresh, and until the row takes columns.
  input  bank_mask_t    open_i,
  input  row_t          open_row_i[Banks],
  input  timer_t        refresh_left_i[Banks],
  input  timer_t        row_left_i[Banks],
  // Before the admission.
  output depth_t        count_before_o,
  output bank_mask_t    queued_banks_before_o,
  output bank_mask_t    hit_banks_before_o,
  // After it, by place.
  output bank_mask_t    queued_banks_o,
  output depth_t        count_o,
  output request_t      request_o[Slots],
  output slot_mask_t    hit_o,
  output slot_mask_t    conflict_o,
  output slot_mask_t    closed_o,
  output bank_mask_t    hit_banks_o,
  output logic          oldest_aged_o,
  // Whose queue the column bus serves.
  input  logic          writing_i,
  // Row command of this tick, and whether it is for a write's or read's request at `asker_place_i`.
  input  row_sent_t     row_sent_i,
  input  logic          for_request_i,
  input  logic          for_write_i,
  input  slot_t         asker_place_i,
  input  timer_t        rcd_i,
  input  timer_t        rp_i,
  input  timer_t        rfc_all_bank_i,
  input  timer_t        rfc_per_bank_i,
  // Column of this tick.
  input  logic          column_i,
  input  slot_t         place_i,
  output done_t         done_o  // of the request that is served; valid when that was its last column
);

  slot_t    new_slot;
  slot_t    slot[Slots];
  request_t request[Slots];
  bank_t    bank[Slots];
  row_t     row[Slots];
  logic     finished;
  done_t    done;

  logic serve;
  assign serve = column_i && writing_i == Writes;

  waiting_t waiting;
  bank_t    new_bank;
  logic     admit;
  logic     waits_for_row;  // its row is open and may not yet take columns

  waiting_request u_waiting (
    .clk_i,
    .valid_i  (offered_i),
    .ready_o,
    .request_i(offer_i),
    .valid_o  (waits_o),
    .request_o(waiting),
    .taken_i  (admit)
  );

  assign new_bank      = waiting.request.bank;
  assign waits_for_row = open_i[new_bank] && open_row_i[new_bank] == waiting.request.row &&
                         refresh_left_i[new_bank] == '0;

  always_comb begin
    queued_banks_o = queued_banks_before_o;
    if (admit) begin
      queued_banks_o[new_bank] = 1'b1;
    end
  end

  request_queue #(
    .Slots(Slots),
    .Fault(Fault)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .policy_i,
    .tick_i,
    .offered_i            (waits_o),
    .request_i            (waiting.request),
    .admit_o              (admit),
    .new_slot_o           (new_slot),
    .open_i,
    .open_row_i,
    .count_before_o,
    .queued_banks_before_o,
    .hit_banks_before_o,
    .count_o,
    .request_o            (request),
    .slot_o               (slot),
    .hit_o,
    .conflict_o,
    .closed_o,
    .hit_banks_o,
    .oldest_aged_o,
    .serve_i              (serve),
    .place_i,
    .finished_o           (finished)
  );

  always_comb begin
    for (int unsigned i = 0; i < Slots; i++) begin
      request_o[i] = request[i];
      bank[i]      = request[i].bank;
      row[i]       = request[i].row;
    end
  end

  request_accounts #(
    .Slots(Slots)
  ) u_accounts (
    .clk_i,
    .tick_i,
    .admit_i        (admit),
    .new_slot_i     (new_slot),
    .tag_i          (waiting.tag),
    .arrival_i      (waiting.arrival),
    .refresh_left_i (refresh_left_i[new_bank]),
    .row_left_i     (waits_for_row ? row_left_i[new_bank] : '0),
    .count_i        (count_o),
    .slot_i         (slot),
    .bank_i         (bank),
    .row_i          (row),
    .row_sent_i,
    .for_request_i,
    .asker_i        (row_sent_i.valid && for_request_i && for_write_i == Writes),
    .asker_slot_i   (slot[asker_place_i]),
    .rcd_i,
    .rp_i,
    .rfc_all_bank_i,
    .rfc_per_bank_i,
    .serve_i        (serve),
    .served_slot_i  (slot[place_i]),
    .tag_o          (done.tag),
    .age_ticks_o    (done.age_ticks),
    .queue_ticks_o  (done.queue_ticks),
    .refresh_ticks_o(done.refresh_ticks),
    .row_ticks_o    (done.row_ticks),
    .outcome_o      (done.outcome)
  );
  assign done.valid = finished;
  assign done_o     = done;

endmodule
