// SPDX-License-Identifier: Apache-2.0
// The command scheduler and timing gate of one HBM4 pseudo-channel: docs/hbm4-semantics.md, one tick (CK)
// a clock. It decides on its own state from the requests that it is offered; the outputs
// are the commands of the tick that is in hand. Not modelled: data, its pins, lines and buffers in front of
// the queues.

module hbm4_scheduler
  import hbm4_scheduler_pkg::*;
#(
  parameter int unsigned Slots = 64,       // of each queue, at least its depth
  parameter int unsigned Fault = 0         // a fault_e that tests plant
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // Settings, written in reset.
  input  logic                     setting_write_i,
  input  setting_e                 setting_address_i,
  input  logic [IntervalWidth-1:0] setting_value_i,
  // The first request of each line, 0 of reads. What is valid when ready is seen from the next tick on, in
  // which it must have arrived.
  input  logic                     request_valid_i[2],
  output logic                     request_ready_o[2],
  input  bank_t                    request_bank_i[2],
  input  row_t                     request_row_i[2],
  input  column_t                  request_column_i[2],
  input  column_t                  request_columns_i[2],
  input  tick_t                    request_arrival_i[2],
  input  logic [31:0]              request_tag_i[2],
  // Of the same tick, the requests above and those that wait among them: banks with buffered requests, and
  // writes of the line that have arrived, buffered or not (the largest number: or more).
  input  bank_mask_t               buffered_banks_i,
  input  buffer_t                  arrived_writes_i,
  // Column bus.
  output logic                     column_valid_o,
  output logic                     column_write_o,
  output bank_t                    column_bank_o,
  output row_t                     column_row_o,
  output column_t                  column_column_o,
  // Row bus.
  output logic                     row_valid_o,
  output row_command_e             row_command_o,
  output bank_t                    row_bank_o,
  output row_t                     row_row_o,     // of an activate
  output logic                     row_forced_o,  // a refresh of banks with queued requests
  // A request of which that column was the last, and where its time went.
  output logic                     done_valid_o,
  output logic [31:0]              done_tag_o,
  output tick_t                    done_age_ticks_o,  // since its arrival
  output tick_t                    done_queue_ticks_o,
  output tick_t                    done_refresh_ticks_o,
  output tick_t                    done_row_ticks_o,
  output outcome_e                 done_outcome_o,
  // The direction changes; requests are queued after this tick.
  output logic                     turned_o,
  output logic                     busy_o
);

  localparam fault_e Planted = fault_e'(3'(Fault));
  localparam type slot_t = logic [$clog2(Slots)-1:0];
  localparam type slot_mask_t = logic [Slots-1:0];

  settings_t settings;

  scheduler_settings u_settings (
    .clk_i,
    .write_i   (setting_write_i),
    .address_i (setting_address_i),
    .value_i   (setting_value_i),
    .settings_o(settings)
  );

  tick_t tick_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tick_q <= '0;
    end else begin
      tick_q <= tick_q + 1'b1;
    end
  end

  ///////////
  // Banks //
  ///////////

  // Commands of this tick.
  logic      column_valid;
  bank_t     column_bank;
  row_sent_t row_sent;

  bank_mask_t open, may_read, may_write, may_activate, may_refresh, may_precharge, cycle_over;
  row_t       open_row[Banks];
  timer_t     refresh_left[Banks];
  timer_t     column_left[2][Banks];  // 0 for reads
  logic       bus_free, may_precharge_any;
  logic       writing;

  timed_banks #(
    .Fault(Planted)
  ) u_banks (
    .clk_i,
    .rst_ni,
    .group_bits_i       (settings.group_bits),
    .stack_bits_i       (settings.stack_bits),
    .bank_timing_i      (settings.bank),
    .column_timing_i    (settings.column),
    .row_timing_i       (settings.row),
    .column_i           (column_valid),
    .column_write_i     (writing),
    .column_bank_i      (column_bank),
    .row_sent_i         (row_sent),
    .open_o             (open),
    .open_row_o         (open_row),
    .refresh_left_o     (refresh_left),
    .read_left_o        (column_left[0]),
    .write_left_o       (column_left[1]),
    .may_read_o         (may_read),
    .may_write_o        (may_write),
    .may_activate_o     (may_activate),
    .may_refresh_o      (may_refresh),
    .may_precharge_o    (may_precharge),
    .cycle_over_o       (cycle_over),
    .bus_free_o         (bus_free),
    .may_precharge_any_o(may_precharge_any)
  );

  /////////////////////////
  // Queues, 0 are reads //
  /////////////////////////

  logic  [1:0] waits, aged;
  bank_mask_t  queued_before[2], queued_after[2], hits_before[2], hit_banks[2];
  depth_t      count_before[2], count[2];
  request_t    requests[2][Slots];
  slot_mask_t  hit[2], conflict[2], closed[2];
  done_t       ended[2];
  slot_t       column_place, row_place;
  logic        for_request, for_write;

  for (genvar d = 0; d < 2; d++) begin : gen_queues
    request_t own_requests[Slots];
    waiting_t offer;

    assign offer = '{
      request: '{bank: request_bank_i[d], row: request_row_i[d], column: request_column_i[d],
                 columns: request_columns_i[d]},
      arrival: request_arrival_i[d],
      tag: request_tag_i[d]
    };

    accounted_queue #(
      .Slots (Slots),
      .Writes(d == 1),
      .Fault (Planted)
    ) u_queue (
      .clk_i,
      .rst_ni,
      .policy_i             (d == 1 ? settings.write_queue : settings.read_queue),
      .tick_i               (tick_q),
      .offered_i            (request_valid_i[d]),
      .offer_i              (offer),
      .ready_o              (request_ready_o[d]),
      .waits_o              (waits[d]),
      .open_i               (open),
      .open_row_i           (open_row),
      .refresh_left_i       (refresh_left),
      .row_left_i           (column_left[d]),
      .count_before_o       (count_before[d]),
      .queued_banks_before_o(queued_before[d]),
      .hit_banks_before_o   (hits_before[d]),
      .queued_banks_o       (queued_after[d]),
      .count_o              (count[d]),
      .request_o            (own_requests),
      .hit_o                (hit[d]),
      .conflict_o           (conflict[d]),
      .closed_o             (closed[d]),
      .hit_banks_o          (hit_banks[d]),
      .oldest_aged_o        (aged[d]),
      .writing_i            (writing),
      .row_sent_i           (row_sent),
      .for_request_i        (for_request),
      .for_write_i          (for_write),
      .asker_place_i        (row_place),
      .rcd_i                (d == 1 ? settings.bank.rcd_write : settings.bank.rcd_read),
      .rp_i                 (settings.bank.rp),
      .rfc_all_bank_i       (settings.bank.rfc_all_bank),
      .rfc_per_bank_i       (settings.bank.rfc_per_bank),
      .column_i             (column_valid),
      .place_i              (column_place),
      .done_o               (ended[d])
    );

    always_comb begin
      for (int unsigned i = 0; i < Slots; i++) begin
        requests[d][i] = own_requests[i];
      end
    end
  end

  bank_mask_t buffered_banks;
  buffer_t    writes_held;

  held_requests u_held (
    .clk_i,
    .banks_i         (buffered_banks_i),
    .arrived_writes_i,
    .write_buffer_i  (settings.write_buffer),
    .writes_before_i (count_before[1]),
    .writes_i        (count[1]),
    .buffered_banks_o(buffered_banks),
    .writes_held_o   (writes_held)
  );

  /////////////
  // Refresh //
  /////////////

  bank_t [Banks-1:0] recency;
  logic  chosen, draining;
  bank_t chosen_bank;
  logic  refreshed;

  assign refreshed = row_sent.valid &&
                     (row_sent.command == RowRefreshBank || row_sent.command == RowRefreshAll);

  recency_order #(
    .Fault(Planted)
  ) u_recency (
    .clk_i,
    .rst_ni,
    .activate_i(row_sent.valid && row_sent.command == RowActivate),
    .bank_i    (row_sent.bank),
    .order_o   (recency)
  );

  refresh_scheduler #(
    .Fault(Planted)
  ) u_refresh (
    .clk_i,
    .rst_ni,
    .policy_i        (settings.refresh),
    .banks_i         (settings.banks),
    .order_i         (recency),
    .work_i          (waits != '0 || count_before[0] != '0 || count_before[1] != '0),
    .queued_banks_i  (queued_before[0] | queued_before[1]),
    .buffered_banks_i(buffered_banks),
    .hit_banks_i     (hits_before[0] | hits_before[1]),
    .chosen_o        (chosen),
    .bank_o          (chosen_bank),
    .draining_o      (draining),
    .refreshed_i     (refreshed)
  );

  ////////////////////////////
  // Direction, starvation  //
  ////////////////////////////

  logic turned;

  bus_direction u_direction (
    .clk_i,
    .rst_ni,
    .policy_i     (settings.turn),
    .reads_i      (count[0]),
    .writes_i     (count[1]),
    .writes_held_i(writes_held),
    .read_aged_i  (aged[0]),
    .write_aged_i (aged[1]),
    .writing_o    (writing),
    .turned_o     (turned),
    .column_i     (column_valid),
    .finished_i   (done.valid)
  );

  // The requests of the direction, and the one that the column bus served.
  request_t own[Slots];
  done_t    done;
  bank_t    own_bank[Slots];

  always_comb begin
    for (int unsigned i = 0; i < Slots; i++) begin
      own[i]      = requests[writing][i];
      own_bank[i] = own[i].bank;
    end
  end

  assign done = ended[writing];

  depth_t own_count;
  assign own_count = writing ? count[1] : count[0];

  // Section 2, step 4.
  bank_mask_t giving_way;

  always_comb begin
    giving_way = '0;
    giving_way[own_bank[0]] = conflict[writing][0] && aged[writing] &&
                              hit_banks[writing][own_bank[0]];
  end

  //////////////
  // Arbiters //
  //////////////

  bank_mask_t withheld;

  always_comb begin
    withheld = giving_way;
    if (chosen) begin
      withheld[chosen_bank] = 1'b1;
    end
  end

  column_arbiter #(
    .Slots(Slots)
  ) u_column_arbiter (
    .hit_i     (hit[writing]),
    .bank_i    (own_bank),
    .may_i     (writing ? may_write : may_read),
    .withheld_i(withheld),
    .draining_i(draining),
    .valid_o   (column_valid),
    .slot_o    (column_place)
  );
  assign column_bank = own_bank[column_place];

  row_arbiter #(
    .Slots(Slots)
  ) u_row_arbiter (
    .free_i             (bus_free),
    .chosen_i           (chosen),
    .chosen_bank_i      (chosen_bank),
    .draining_i         (draining),
    .prepare_rows_i     (settings.prepare_rows),
    .writing_i          (writing),
    .request_i          (requests),
    .closed_i           (closed),
    .conflict_i         (conflict),
    .hit_banks_i        (hit_banks),
    .giving_way_i       (giving_way),
    .asked_i            (queued_after[writing]),
    .open_i             (open),
    .cycle_over_i       (cycle_over),
    .may_activate_i     (may_activate),
    .may_precharge_i    (may_precharge),
    .may_precharge_any_i(may_precharge_any),
    .may_refresh_i      (may_refresh),
    .row_sent_o         (row_sent),
    .for_request_o      (for_request),
    .for_write_o        (for_write),
    .place_o            (row_place)
  );

  /////////////
  // Outputs //
  /////////////

  bank_mask_t with_requests;  // the admissions included, which the refresh may meet
  assign with_requests = queued_after[0] | queued_after[1];

  assign column_valid_o       = column_valid;
  assign column_write_o       = writing;
  assign column_bank_o        = column_bank;
  assign column_row_o         = own[column_place].row;
  assign column_column_o      = own[column_place].column;
  assign row_valid_o          = row_sent.valid;
  assign row_command_o        = row_sent.command;
  assign row_bank_o           = row_sent.bank;
  assign row_row_o            = row_sent.row;
  assign row_forced_o         = draining ? with_requests != '0 : with_requests[row_sent.bank];
  assign done_valid_o         = done.valid;
  assign done_tag_o           = done.tag;
  assign done_age_ticks_o     = done.age_ticks;
  assign done_queue_ticks_o   = done.queue_ticks;
  assign done_refresh_ticks_o = done.refresh_ticks;
  assign done_row_ticks_o     = done.row_ticks;
  assign done_outcome_o       = done.outcome;
  assign turned_o             = turned;
  assign busy_o               = count[0] + count[1] != depth_t'(done.valid);

  ////////////////
  // Assertions //
  ////////////////

  KnownBanks_A: assert property (
    @(posedge clk_i) ((with_requests | buffered_banks) >> settings.banks) == '0);
  TurnHasRequests_A: assert property (
    @(posedge clk_i) turned |-> own_count != '0);

endmodule
