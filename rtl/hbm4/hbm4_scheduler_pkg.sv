// SPDX-License-Identifier: Apache-2.0
// Types, widths and settings of the command scheduler of an HBM4 pseudo-channel. Its behaviour is fixed
// by docs/hbm4-semantics.md; sections are named where they are implemented. Not modelled: data.

package hbm4_scheduler_pkg;

  // The most that models/hbm4 allows; how many there are is a setting.
  parameter int unsigned Banks = 64;
  parameter int unsigned Groups = 16;  // bank groups over all stack ids
  parameter int unsigned TickWidth = 32;
  parameter int unsigned TimerWidth = 17;     // distances: up to 10 us at 10 GHz
  parameter int unsigned IntervalWidth = 20;  // refresh interval, age limit: up to 100 us at 10 GHz
  // A request may be overtaken by the 63 admitted after it (section 2).
  parameter int unsigned Window = 64;

  typedef logic [$clog2(Banks)-1:0] bank_t;
  typedef logic [Banks-1:0] bank_mask_t;
  typedef logic [$clog2(Groups)-1:0] group_t;
  typedef logic [Groups-1:0] group_mask_t;
  typedef logic [19:0] row_t;
  typedef logic [7:0] column_t;
  typedef logic [TickWidth-1:0] tick_t;
  typedef logic [TimerWidth-1:0] timer_t;
  typedef logic [IntervalWidth-1:0] interval_t;
  typedef logic [6:0] depth_t;    // of a queue, and what is counted in one
  typedef logic [12:0] buffer_t;  // of a buffer, and what is counted in it and its queue
  typedef logic [12:0] turn_t;
  typedef logic [$clog2(2*Window)-1:0] order_t;

  typedef enum logic [1:0] {
    RefreshNone    = 2'd0,
    RefreshPerBank = 2'd1,
    RefreshAllBank = 2'd2
  } refresh_mode_e;

  typedef enum logic [2:0] {
    RowActivate     = 3'd0,
    RowPrecharge    = 3'd1,
    RowRefreshBank  = 3'd2,
    RowPrechargeAll = 3'd3,
    RowRefreshAll   = 3'd4
  } row_command_e;

  // How a request met its bank.
  typedef enum logic [1:0] {
    OutcomeHit      = 2'd0,
    OutcomeMiss     = 2'd1,
    OutcomeConflict = 2'd2
  } outcome_e;

  // Faults that tests plant; 0 everywhere else.
  typedef enum logic [2:0] {
    FaultNone          = 3'd0,
    FaultWindowShort   = 3'd1,  // the four-activate window is one tick short
    FaultRoundShort    = 3'd2,  // a round of per-bank refresh ends one bank early
    FaultPointerStuck  = 3'd3,  // an activate does not move its bank to the front
    FaultOvertakenOnce = 3'd4   // a request may be overtaken by one more
  } fault_e;

  // Settings, in bundles as their users take them. All distances in ticks, at least 1.
  typedef struct packed {
    timer_t rcd_read;
    timer_t rcd_write;
    timer_t rp;
    timer_t ras;
    timer_t rc;
    timer_t rtp;
    timer_t write_to_precharge;  // CWL + burst + tWR
    timer_t rfc_all_bank;
    timer_t rfc_per_bank;
  } bank_timing_t;

  typedef struct packed {
    timer_t [1:0] ccd_s;  // reads, writes
    timer_t [1:0] ccd_l;
    timer_t [1:0] ccd_r;
    timer_t       write_to_read_s;  // CWL + burst + tWTR_S
    timer_t       write_to_read_l;
    timer_t       rtw;
  } column_timing_t;

  typedef struct packed {
    timer_t rrd_s;
    timer_t rrd_l;
    timer_t faw;
    timer_t ppd;
    timer_t activate_slots;
    timer_t refresh_to_refresh;  // of banks
    timer_t refresh_to_activate;
    timer_t refresh_to_activate_l;  // of one group
    timer_t activate_to_refresh;
    timer_t activate_to_refresh_l;  // of one group
  } row_timing_t;

  typedef struct packed {
    refresh_mode_e mode;
    interval_t     interval;  // between two refresh commands
    logic [9:0]    postpone;
  } refresh_policy_t;

  typedef struct packed {
    depth_t    depth;
    interval_t age_limit;
  } queue_policy_t;

  typedef struct packed {
    buffer_t write_high;
    buffer_t write_low;
    turn_t   columns;
  } turn_policy_t;

  typedef struct packed {
    logic [6:0]      banks;
    logic [2:0]      group_bits;  // log2 of the bank groups of a stack id
    logic [2:0]      stack_bits;  // log2 of the banks of a stack id
    bank_timing_t    bank;
    column_timing_t  column;
    row_timing_t     row;
    refresh_policy_t refresh;
    queue_policy_t   read_queue;
    queue_policy_t   write_queue;
    buffer_t         write_buffer;
    turn_policy_t    turn;
    logic            prepare_rows;
  } settings_t;

  // Addresses of the settings; the same list stands in scheduler_settings.h.
  typedef enum logic [5:0] {
    SetBanks, SetGroupBits, SetStackBits,
    SetRcdRead, SetRcdWrite, SetRp, SetRas, SetRc, SetRrdS, SetRrdL, SetFaw, SetRtp,
    SetWriteToPrecharge, SetCcdSRead, SetCcdSWrite, SetCcdLRead, SetCcdLWrite, SetCcdRRead,
    SetCcdRWrite, SetWriteToReadS, SetWriteToReadL, SetRtw, SetPpd, SetActivateSlots,
    SetRfcAllBank, SetRfcPerBank, SetRefreshToRefresh, SetRefreshToActivate,
    SetRefreshToActivateL, SetActivateToRefresh, SetActivateToRefreshL,
    SetRefresh, SetRefreshInterval, SetRefreshPostpone,
    SetReadQueue, SetWriteQueue, SetWriteBuffer, SetWriteHigh, SetWriteLow, SetTurnColumns,
    SetReadAgeLimit, SetWriteAgeLimit, SetPrepareRows
  } setting_e;

  // What a request asks for.
  typedef struct packed {
    bank_t   bank;
    row_t    row;
    column_t column;   // next one
    column_t columns;  // to go
  } request_t;

  // A request on its way into a queue.
  typedef struct packed {
    request_t    request;
    tick_t       arrival;
    logic [31:0] tag;
  } waiting_t;

  // A row command.
  typedef struct packed {
    logic         valid;
    row_command_e command;
    bank_t        bank;
    row_t         row;  // of an activate
  } row_sent_t;

  // A request of which the last column is sent, and where its time went.
  typedef struct packed {
    logic        valid;
    logic [31:0] tag;
    tick_t       age_ticks;  // since its arrival
    tick_t       queue_ticks;
    tick_t       refresh_ticks;
    tick_t       row_ticks;
    outcome_e    outcome;
  } done_t;

  // A timer holds the ticks that are left; it is due at 0.
  function automatic timer_t run_down(timer_t left);
    return left == '0 ? '0 : left - 1'b1;
  endfunction

  // The timer one tick later, after a command that asks for a distance.
  function automatic timer_t hold(timer_t left, logic command, timer_t distance);
    return command && distance > left ? distance - 1'b1 : run_down(left);
  endfunction

  // A bank's number is (stack id x banks per group + bank) x groups + group.
  function automatic group_t group_of(bank_t bank, logic [2:0] group_bits, logic [2:0] stack_bits);
    group_t below;
    below = ~('1 << group_bits);
    return (group_t'(bank >> stack_bits) << group_bits) | (group_t'(bank) & below);
  endfunction

endpackage
