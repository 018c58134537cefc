"""Who reaches what: one row per address and method, written by hand, so that a change of rights is a change here.

The words in a row:

``area``  what is kept in their area; anything else answers 404
``seen``  that, and what is kept elsewhere but shown in their area
``own``   what is about themselves; anything else answers 404
``all``   every object of the kind
``none``  the action is theirs, but no object of this kind is: always 404
``-``     the action is not theirs: 403, whatever the object
``*``     everybody, signed in or not

``object`` names the kind of object in the address (tests/house/objects.py), ``-`` where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLES = {
    "system": "sysadmin",
    "security": "secadmin",
    "auditor": "auditor",
    "county": "county",
    "township": "township",
    "leader": "leader",
    "deputy": "deputy",
    "unit": "unit",
    "head": "unit_head",
    "office": "assigner",
}
WORDS = frozenset({"area", "seen", "own", "all", "none", "-", "*"})

TABLE = """
# address                       methods   object      system security auditor county township leader deputy unit head office

# --- every page --------------------------------------------------------------------------------------------
static                          GET       static      *      *        *       *      *        *      *      *    *    *
home.index                      GET       -           all    all      all     all    all      all    all    all  all  all
home.search                     GET       -           all    all      all     all    all      all    all    all  all  all
home.area                       POST      chosen_area none   none     none    area   area     area   none   none none none

# --- accounts ----------------------------------------------------------------------------------------------
accounts.login                  GET       -           *      *        *       *      *        *      *      *    *    *
accounts.log_in                 POST      -           *      *        *       *      *        *      *      *    *    *
accounts.logout                 POST      -           *      *        *       *      *        *      *      *    *    *
accounts.set_preferences        POST      -           *      *        *       *      *        *      *      *    *    *
accounts.me                     GET       -           all    all      all     all    all      all    all    all  all  all
accounts.change_password        GET,POST  -           all    all      all     all    all      all    all    all  all  all
accounts.end_session            POST      session     own    own      own     own    own      own    own    own  own  own
accounts.jobs                   GET       -           all    all      all     all    all      all    all    all  all  all
accounts.job                    GET       job         own    own      own     own    own      own    own    own  own  own
accounts.job_status             GET       job         own    own      own     own    own      own    own    own  own  own
accounts.job_result             GET       job         own    own      own     own    own      own    own    own  own  own
accounts.job_cancel             POST      job         own    own      own     own    own      own    own    own  own  own
accounts.list_columns           POST      list        all    all      all     all    all      all    all    all  all  all
accounts.save_list_view         POST      list        all    all      all     all    all      all    all    all  all  all
accounts.delete_list_view       POST      list        all    all      all     all    all      all    all    all  all  all
accounts.attachment             GET       attachment  none   none     none    area   area     area   own    none none none
accounts.attachment_thumbnail   GET       attachment  none   none     none    area   area     area   own    none none none
accounts.users                  GET       -           -      all      -       -      -        -      -      -    -    -
accounts.user_new               GET,POST  -           -      all      -       -      -        -      -      -    -    -
accounts.user_people            GET       -           -      all      -       -      -        -      -      -    -    -
accounts.user                   GET,POST  user        -      area     -       -      -        -      -      -    -    -
accounts.user_disable           POST      user        -      area     -       -      -        -      -      -    -    -
accounts.user_enable            POST      user        -      area     -       -      -        -      -      -    -    -
accounts.user_reset_password    POST      user        -      area     -       -      -        -      -      -    -    -
accounts.user_roster            GET,POST  -           -      all      -       all    all      -      -      -    -    -
accounts.user_slips             GET       job         -      own      -       own    own      -      -      -    -    -
accounts.user_slips_docx        GET       job         -      own      -       own    own      -      -      -    -    -
accounts.user_slips_forget      POST      job         -      own      -       own    own      -      -      -    -    -
accounts.audit_events           GET       -           -      -        all     -      -        -      -      -    -    -
accounts.audit_event            GET       event       -      -        area    -      -        -      -      -    -    -
accounts.audit_verify           POST      -           -      -        all     -      -        -      -      -    -    -

# --- registry ----------------------------------------------------------------------------------------------
registry.mandates               GET       -           -      -        -       all    all      all    -      -    -    -
registry.pick                   GET       -           -      -        -       all    all      all    -      -    -    -
registry.pick_pasted            POST      -           -      -        -       all    all      all    -      -    -    -
registry.mandate                GET       mandate     -      -        -       area   area     area   own    -    -    -
registry.person                 GET       person      -      -        -       area   area     area   own    -    -    -
registry.person_work            GET       person      -      -        -       area   area     area   own    -    -    -
registry.new_deputy             GET,POST  -           -      -        -       all    all      -      -      -    -    -
registry.edit_person            GET,POST  person      -      -        -       area   area     -      -      -    -    -
registry.new_mandate            GET,POST  person      -      -        -       area   area     -      -      -    -    -
registry.new_post               GET,POST  person      -      -        -       area   area     -      -      -    -    -
registry.edit_mandate           GET,POST  mandate     -      -        -       area   area     -      -      -    -    -
registry.end_mandate            GET,POST  mandate     -      -        -       area   area     -      -      -    -    -
registry.resume_mandate         POST      mandate     -      -        -       area   area     -      -      -    -    -
registry.suspend_mandate        GET,POST  mandate     -      -        -       area   area     -      -      -    -    -
registry.restore_mandate        GET,POST  suspension  -      -        -       area   area     -      -      -    -    -
registry.settings               GET       -           all    -        -       all    all      all    -      -    -    -
registry.area                   GET,POST  -           all    -        -       all    -        -      -      -    -    -
registry.area                   GET,POST  area        area   -        -       area   -        -      -      -    -    -
registry.term                   GET,POST  -           all    -        -       all    -        -      -      -    -    -
registry.term                   GET,POST  term        area   -        -       area   -        -      -      -    -    -
registry.rule_set               GET,POST  area        area   -        -       area   -        -      -      -    -    -
registry.holidays               GET       -           all    -        -       all    all      all    -      -    -    -
registry.add_holiday            POST      -           all    -        -       all    -        -      -      -    -    -
registry.import_holidays        POST      -           all    -        -       all    -        -      -      -    -    -
registry.remove_holiday         POST      special_day all    -        -       all    -        -      -      -    -    -

# --- notices -----------------------------------------------------------------------------------------------
notices.mine                    GET       -           all    all      all     all    all      all    all    all  all  all
notices.open_                   POST      own_notice  own    own      own     own    own      own    own    own  own  own
notices.read                    POST      own_notice  own    own      own     own    own      own    own    own  own  own
notices.read_all                POST      -           all    all      all     all    all      all    all    all  all  all
notices.save_address            POST      -           all    all      all     all    all      all    all    all  all  all
notices.log                     GET       -           -      -        -       all    all      -      -      -    -    -
notices.notice                  GET       notice      -      -        -       area   area     -      -      -    -    -
notices.retry                   POST      -           -      -        -       all    all      -      -      -    -    -
notices.retry_one               POST      notice      -      -        -       area   area     -      -      -    -    -
notices.settings                GET,POST  area        area   -        -       area   -        -      -      -    -    -

# --- ledger ------------------------------------------------------------------------------------------------
ledger.records                  GET       -           -      -        -       all    all      all    all    -    -    -
ledger.record                   GET       record      -      -        -       area   area     area   own    -    -    -
ledger.mine                     GET       -           -      -        -       -      -        -      all    -    -    -
ledger.entries                  GET       -           -      -        -       all    all      all    all    -    -    -
ledger.entry                    GET       entry       -      -        -       area   area     area   own    -    -    -
ledger.new_entry                GET,POST  -           -      -        -       all    all      -      -      -    -    -
ledger.edit_entry               GET,POST  entry       -      -        -       area   area     -      -      -    -    -
ledger.delete_entry             POST      entry       -      -        -       area   area     -      -      -    -    -
ledger.remove_file              POST      entry       -      -        -       area   area     area   own    -    -    -
ledger.report                   GET       -           -      -        -       -      -        -      all    -    -    -
ledger.new_report               GET,POST  -           -      -        -       -      -        -      all    -    -    -
ledger.edit_report              GET,POST  entry       -      -        -       -      -        -      own    -    -    -
ledger.withdraw_report          POST      entry       -      -        -       -      -        -      own    -    -    -
ledger.review                   GET       -           -      -        -       all    all      -      -      -    -    -
ledger.confirm                  POST      -           -      -        -       all    all      -      -      -    -    -
ledger.return_                  POST      -           -      -        -       all    all      -      -      -    -    -
ledger.undo_review              POST      -           -      -        -       all    all      -      -      -    -    -
performance_file.show           GET       mandate     -      -        -       area   area     area   own    -    -    -
performance_file.download       GET       mandate     -      -        -       area   area     area   own    -    -    -

# --- groups ------------------------------------------------------------------------------------------------
groups.groups                   GET       -           -      -        -       all    all      all    all    -    -    -
groups.detail                   GET       group       -      -        -       seen   seen     seen   own    -    -    -
groups.new                      GET,POST  -           -      -        -       all    all      -      -      -    -    -
groups.edit                     GET,POST  group       -      -        -       area   area     -      -      -    -    -
groups.add_members              GET,POST  group       -      -        -       area   area     -      -      -    -    -
groups.remove_members           GET,POST  group       -      -        -       area   area     -      -      -    -    -
groups.new_post                 GET,POST  group       -      -        -       area   area     -      -      -    -    -
groups.edit_post                GET,POST  group       -      -        -       area   area     -      -      -    -    -
groups.compositions             GET       -           -      -        -       all    all      -      -      -    -    -
groups.new_composition          GET,POST  -           -      -        -       all    all      -      -      -    -    -
groups.composition              GET       composition -      -        -       area   area     -      -      -    -    -
groups.edit_composition         GET,POST  composition -      -        -       area   area     -      -      -    -    -
groups.composition_progress     GET       composition -      -        -       area   area     -      -      -    -    -
groups.composition_people       GET       composition -      -        -       area   area     -      -      -    -    -
groups.add_composition_rule     GET,POST  composition -      -        -       area   area     -      -      -    -    -
groups.remove_composition_rule  POST      composition -      -        -       area   area     -      -      -    -    -
groups.propose_composition      POST      composition -      -        -       area   area     -      -      -    -    -
groups.stop_composition         POST      composition -      -        -       area   area     -      -      -    -    -
groups.move_in_composition      POST      composition -      -        -       area   area     -      -      -    -    -
groups.composition_effect       GET,POST  composition -      -        -       area   area     -      -      -    -    -
groups.discard_composition      POST      composition -      -        -       area   area     -      -      -    -    -
groups.leaders_without_group    GET       -           -      -        -       all    all      all    -      -    -    -
groups.upper_deputies           GET       -           -      -        -       all    all      all    -      -    -    -
groups.member                   GET       membership  -      -        -       area   area     area   -      -    -    -
groups.links                    GET       -           -      -        -       all    all      all    -      -    -    -
groups.unlinked                 GET       -           -      -        -       all    all      all    -      -    -    -
groups.link_coverage            GET       -           -      -        -       all    all      all    -      -    -    -
groups.new_link                 GET,POST  -           -      -        -       all    all      -      -      -    -    -
groups.end_link                 GET,POST  link        -      -        -       area   area     -      -      -    -    -
groups.care_notes               GET       -           -      -        -       all    all      all    -      -    -    -
groups.new_care                 GET,POST  -           -      -        -       all    all      -      -      -    -    -
groups.care                     GET       care_note   -      -        -       area   area     area   -      -    -    -
groups.update_care              POST      care_note   -      -        -       area   area     -      -      -    -    -

# --- activities --------------------------------------------------------------------------------------------
activities.activities           GET       -           -      -        -       all    all      all    all    -    -    -
activities.detail               GET       activity    -      -        -       area   area     area   own    -    -    -
activities.new                  GET,POST  -           -      -        -       all    all      -      -      -    -    -
activities.edit                 GET,POST  activity    -      -        -       area   area     -      -      -    -    -
activities.hold                 POST      activity    -      -        -       area   area     -      own    -    -    -
activities.cancel               GET,POST  activity    -      -        -       area   area     -      -      -    -    -
activities.reopen               POST      activity    -      -        -       area   area     -      -      -    -    -
activities.record               GET,POST  activity    -      -        -       area   area     -      own    -    -    -
activities.record_docx          GET       activity    -      -        -       area   area     -      own    -    -    -
activities.remove_file          POST      activity    -      -        -       area   area     -      own    -    -    -
activities.sheet                GET       activity    -      -        -       area   area     -      own    -    -    -
activities.participants         GET,POST  activity    -      -        -       area   area     -      -      -    -    -
activities.change_participants  POST      activity    -      -        -       area   area     -      -      -    -    -
activities.attendance           GET,POST  activity    -      -        -       area   area     -      own    -    -    -
activities.leaves               GET       -           -      -        -       all    all      -      all    -    -    -
activities.decide_leave         POST      activity    -      -        -       area   area     -      own    -    -    -
activities.desk                 GET       activity    -      -        -       area   area     -      own    -    -    -
activities.signed_in_list       GET       activity    -      -        -       area   area     -      own    -    -    -
activities.qr                   GET       activity    -      -        -       area   area     -      own    -    -    -
activities.open_sign_in         POST      activity    -      -        -       area   area     -      own    -    -    -
activities.close_sign_in        POST      activity    -      -        -       area   area     -      own    -    -    -
activities.call_roll            POST      activity    -      -        -       area   area     -      own    -    -    -
activities.mine                 GET       -           -      -        -       -      -        -      all    -    -    -
activities.leave                GET,POST  activity    -      -        -       -      -        -      own    -    -    -
activities.withdraw_leave       POST      activity    -      -        -       -      -        -      own    -    -    -
activities.sign_in              GET       sign_in     -      -        -       -      -        -      all    -    -    -
activities.sign_in_now          POST      sign_in     -      -        -       -      -        -      all    -    -    -
activities.sign_in_by_code      GET,POST  -           -      -        -       -      -        -      all    -    -    -
activities.plans                GET       -           -      -        -       all    all      all    all    -    -    -
activities.missing_plans        GET       -           -      -        -       all    all      all    -      -    -    -
activities.plan                 GET       plan        -      -        -       area   area     area   own    -    -    -
activities.plan_docx            GET       plan        -      -        -       area   area     area   own    -    -    -
activities.edit_plan            GET,POST  plan        -      -        -       area   area     -      own    -    -    -
activities.new_item             GET,POST  plan        -      -        -       area   area     -      own    -    -    -
activities.edit_item            GET,POST  plan        -      -        -       area   area     -      own    -    -    -
activities.delete_item          POST      plan        -      -        -       area   area     -      own    -    -    -
activities.submit_plan          POST      plan        -      -        -       area   area     -      own    -    -    -
activities.revise_plan          POST      plan        -      -        -       area   area     -      own    -    -    -
activities.approve_plan         POST      plan        -      -        -       area   area     -      -      -    -    -
activities.return_plan          GET,POST  plan        -      -        -       area   area     -      -      -    -    -
activities.new_plan             GET,POST  led_group   -      -        -       area   area     -      own    -    -    -
activities.group_desk           GET       led_group   -      -        -       area   area     -      own    -    -    -
activities.convene              GET,POST  activity    -      -        -       area   area     -      own    -    -    -
activities.dates                GET       activity    -      -        -       area   area     area   own    -    -    -
activities.reply_dates          POST      activity    -      -        -       -      -        -      own    -    -    -
activities.choose_date          POST      activity    -      -        -       area   area     -      own    -    -    -
activities.group_attendance     GET       -           -      -        -       all    all      all    -      -    -    -
activities.member_attendance    GET       -           -      -        -       all    all      all    -      -    -    -
activities.support_needs        GET       -           -      -        -       all    all      all    -      -    -    -
activities.person_times         GET       -           -      -        -       all    all      all    -      -    -    -
activities.person_times         GET       asked_area  -      -        -       area   area     area   -      -    -    -
activities.training             GET       -           -      -        -       all    all      all    -      -    -    -
activities.training             GET       asked_area  -      -        -       area   area     area   -      -    -    -

# --- stations ----------------------------------------------------------------------------------------------
stations.stations               GET       -           -      -        -       all    all      all    all    -    -    -
stations.station                GET       station     -      -        -       area   area     area   own    -    -    -
stations.unassigned             GET       -           -      -        -       all    all      all    -      -    -    -
stations.new_station            GET,POST  -           -      -        -       all    all      -      -      -    -    -
stations.edit_station           GET,POST  station     -      -        -       area   area     -      -      -    -    -
stations.assign                 GET,POST  station     -      -        -       area   area     -      -      -    -    -
stations.end_assignments        GET,POST  station     -      -        -       area   area     -      -      -    -    -
stations.receptions             GET       -           -      -        -       all    all      all    all    -    -    -
stations.reception              GET       reception   -      -        -       area   area     area   own    -    -    -
stations.new_reception          GET,POST  -           -      -        -       all    all      -      -      -    -    -
stations.edit_reception         GET,POST  reception   -      -        -       area   area     -      -      -    -    -
stations.delete_reception       POST      reception   -      -        -       area   area     -      -      -    -    -
stations.opinions               GET       -           -      -        -       all    all      all    all    -    -    -
stations.opinion                GET       opinion     -      -        -       area   area     area   own    -    -    -
stations.new_opinion            GET,POST  -           -      -        -       all    all      -      -      -    -    -
stations.edit_opinion           GET,POST  opinion     -      -        -       area   area     -      -      -    -    -
stations.reveal_citizen         POST      opinion     -      -        -       area   area     -      -      -    -    -
stations.opinion_step           GET,POST  opinion     -      -        -       area   area     -      -      -    -    -
stations.follow_opinion         GET,POST  opinion     -      -        -       area   area     -      own    -    -    -
stations.unmerge_opinion        POST      opinion     -      -        -       area   area     -      -      -    -    -
stations.opinion_registration   GET       opinion     -      -        -       area   area     area   own    -    -    -
stations.opinion_registration_in_full POST      opinion     -      -        -       area   area     -      -      -    -    -
stations.opinion_case           GET       opinion     -      -        -       area   area     area   own    -    -    -
stations.opinion_loop           GET       -           -      -        -       all    all      all    -      -    -    -
stations.opinion_loop           GET       asked_area  -      -        -       area   area     area   -      -    -    -
stations.opinion_digest         GET       -           -      -        -       all    all      all    -      -    -    -
stations.opinion_digest         GET       asked_area  -      -        -       area   area     area   -      -    -    -
stations.transfers              GET       -           -      -        -       all    all      all    -      all  all  -
stations.transfer               GET       transfer    -      -        -       area   area     area   -      own  own  -
stations.transfer_slip          GET       transfer    -      -        -       area   area     area   -      own  own  -
stations.sign_transfer          GET,POST  transfer    -      -        -       area   area     -      -      own  own  -
stations.answer_transfer        GET,POST  transfer    -      -        -       area   area     -      -      own  own  -
stations.return_transfer        GET,POST  transfer    -      -        -       area   area     -      -      own  own  -
stations.plan_reception         GET,POST  -           -      -        -       all    all      -      -      -    -    -
stations.day                    GET       duty        -      -        -       area   area     -      own    -    -    -
stations.check_in               POST      duty        -      -        -       area   area     -      own    -    -    -
stations.count_people           POST      people      -      -        -       area   area     -      own    -    -    -
stations.new_visitor            GET,POST  duty        -      -        -       area   area     -      own    -    -    -
stations.remove_visitor         POST      duty        -      -        -       area   area     -      own    -    -    -
stations.reveal_visitors        POST      duty        -      -        -       area   area     -      -      -    -    -
stations.take                   GET,POST  duty        -      -        -       area   area     -      own    -    -    -
stations.hold                   GET,POST  duty        -      -        -       area   area     -      -      -    -    -
stations.cancel_reception       GET,POST  duty        -      -        -       area   area     -      -      -    -    -
stations.restore_reception      POST      duty        -      -        -       area   area     -      -      -    -    -
stations.kinds                  GET       -           -      -        -       all    all      all    -      -    -    -
stations.partners               GET       -           -      -        -       all    all      all    all    -    -    -
stations.partner                GET       partner     -      -        -       area   area     area   own    -    -    -
stations.new_partner            GET,POST  -           -      -        -       all    all      -      -      -    -    -
stations.end_partner            POST      partner     -      -        -       area   area     -      -      -    -    -
stations.new_post               GET,POST  station     -      -        -       area   area     -      -      -    -    -
stations.end_post               POST      open_station -      -        -       area   area     -      -      -    -    -
stations.public_page            POST      open_station -      -        -       area   area     -      -      -    -    -
stations.public_qr              GET       open_station -      -        -       area   area     area   own    -    -    -
stations.paper                  GET       open_station -      -        -       area   area     area   own    -    -    -
stations.shown_publicly         GET,POST  person      -      -        -       area   area     -      own    -    -    -
stations.calendars              GET       -           -      -        -       all    all      all    -      -    -    -
stations.missed                 GET       -           -      -        -       all    all      all    -      -    -    -
stations.leaders_receptions     GET       -           -      -        -       all    all      all    -      -    -    -
stations.new_calendar           GET,POST  -           -      -        -       all    all      -      -      -    -    -
stations.calendar               GET       calendar    -      -        -       area   seen     area   -      -    -    -
stations.wall                   GET       calendar    -      -        -       area   seen     area   -      -    -    -
stations.edit_calendar          GET,POST  calendar    -      -        -       area   area     -      -      -    -    -
stations.arrange_calendar       POST      calendar    -      -        -       area   area     -      -      -    -    -
stations.publish_calendar       POST      calendar    -      -        -       area   area     -      -      -    -    -
stations.unpublish_calendar     POST      calendar    -      -        -       area   area     -      -      -    -    -
stations.delete_calendar        POST      calendar    -      -        -       area   area     -      -      -    -    -
stations.roster                 GET       planned_day -      -        -       area   area     -      -      -    -    -
stations.check_roster           GET       planned_day -      -        -       area   area     -      -      -    -    -
stations.change_roster          POST      planned_day -      -        -       area   area     -      -      -    -    -
stations.station_days           GET       station     -      -        -       area   area     area   -      -    -    -
stations.station_wall           GET       station     -      -        -       area   area     area   -      -    -    -
stations.renew_station_feed     POST      station     -      -        -       area   area     -      -      -    -    -
stations.revoke_station_feed    POST      station     -      -        -       area   area     -      -      -    -    -
stations.feed                   GET       feed        *      *        *       *      *        *      *      *    *    *
stations.duty_requests          GET       -           -      -        -       all    all      -      -      -    -    -
stations.duty_request           GET       request     -      -        -       area   area     -      -      -    -    -
stations.decide_request         POST      request     -      -        -       area   area     -      -      -    -    -
stations.approve_requests       POST      -           -      -        -       all    all      -      -      -    -    -
stations.duty_wishes            GET       -           -      -        -       all    all      -      -      -    -    -
stations.new_wish               GET,POST  -           -      -        -       all    all      -      all    -    -    -
stations.wish                   GET       wish        -      -        -       area   area     -      own    -    -    -
stations.delete_wish            POST      wish        -      -        -       area   area     -      own    -    -    -
stations.my_duty                GET       -           -      -        -       -      -        -      all    -    -    -
stations.ask_change             GET,POST  planned_day -      -        -       -      -        -      own    -    -    -
stations.withdraw_change        POST      request     -      -        -       -      -        -      own    -    -    -
stations.answer_change          POST      asked       -      -        -       -      -        -      own    -    -    -
stations.renew_own_feed         POST      -           -      -        -       -      -        -      all    -    -    -
stations.revoke_own_feed        POST      -           -      -        -       -      -        -      all    -    -    -

# --- the public --------------------------------------------------------------------------------------------
public.station                  GET       public_page *      *        *       *      *        *      *      *    *    *
public.opinion                  GET,POST  public_page *      *        *       *      *        *      *      *    *    *
public.follow                   GET,POST  -           *      *        *       *      *        *      *      *    *    *
public.rate                     POST      -           *      *        *       *      *        *      *      *    *    *
public.suggestions              GET       -           *      *        *       *      *        *      *      *    *    *
public.suggestion               GET       public_suggestion *      *        *       *      *        *      *      *    *    *

# --- suggestions -------------------------------------------------------------------------------------------
suggestions.suggestions         GET       -           -      -        -       all    all      all    all    all  all  all
suggestions.detail              GET       suggestion  -      -        -       area   area     area   own    own  own  area
suggestions.new                 GET,POST  -           -      -        -       all    all      -      -      -    -    -
suggestions.edit                GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.delete              POST      suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.mine                GET       -           -      -        -       -      -        -      all    -    -    -
suggestions.colleagues          GET       -           -      -        -       -      -        -      all    -    -    -
suggestions.colleagues_pasted   POST      -           -      -        -       -      -        -      all    -    -    -
suggestions.draft_new           GET,POST  -           -      -        -       -      -        -      all    -    -    -
suggestions.draft_keep          POST      -           -      -        -       -      -        -      all    -    -    -
suggestions.draft_check         POST      -           -      -        -       -      -        -      all    -    -    -
suggestions.draft               GET,POST  own_draft   -      -        -       -      -        -      own    -    -    -
suggestions.draft_discard       POST      own_draft   -      -        -       -      -        -      own    -    -    -
suggestions.draft_file_remove   POST      draft_file  -      -        -       -      -        -      own    -    -    -
suggestions.cosign              GET       cosigned    -      -        -       -      -        -      own    -    -    -
suggestions.cosign_answer       POST      cosigned    -      -        -       -      -        -      own    -    -    -
suggestions.withdraw            GET,POST  suggestion  -      -        -       area   area     none   own    none none none
suggestions.screening           GET       -           -      -        -       all    all      -      -      -    -    -
suggestions.accept              GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.return_draft        GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.decline             GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.session_notice      GET,POST  -           -      -        -       all    all      -      -      -    -    -
suggestions.session_notice      GET,POST  asked_area  -      -        -       area   area     -      -      -    -    -
suggestions.assigning           GET       -           -      -        -       all    all      -      -      -    -    all
suggestions.pre_assigned        GET       -           -      -        -       all    all      -      -      -    -    all
suggestions.assign_batch        POST      -           -      -        -       all    all      -      -      -    -    all
suggestions.assign              GET,POST  suggestion  -      -        -       area   area     -      -      -    -    area
suggestions.pre_assign          GET,POST  suggestion  -      -        -       area   area     -      -      -    -    area
suggestions.take_back           GET,POST  suggestion  -      -        -       area   area     -      -      -    -    area
suggestions.recall              GET,POST  unit_part   -      -        -       area   area     -      -      -    -    area
suggestions.part                GET       unit_part   -      -        -       area   area     -      -      -    -    area
suggestions.classes             GET       -           -      -        -       all    all      all    all    all  all  all
suggestions.class_page          GET       class       -      -        -       area   area     area   own    own  own  area
suggestions.alike               GET       -           -      -        -       all    all      -      -      -    -    -
suggestions.form_class          POST      -           -      -        -       all    all      -      -      -    -    -
suggestions.edit_class          GET,POST  class       -      -        -       area   area     -      -      -    -    -
suggestions.add_to_class        POST      class       -      -        -       area   area     -      -      -    -    -
suggestions.remove_from_class   POST      class       -      -        -       area   area     -      -      -    -    -
suggestions.dissolve_class      POST      class       -      -        -       area   area     -      -      -    -    -
suggestions.assign_class        GET,POST  class       -      -        -       area   area     -      -      -    -    area
suggestions.stages              GET       -           -      -        -       all    all      all    -      -    -    all
suggestions.stages              GET       asked_area  -      -        -       area   area     area   -      -    -    area
suggestions.units               GET       -           -      -        -       all    all      all    -      -    -    -
suggestions.unit                GET       unit        -      -        -       seen   seen     seen   -      -    -    -
suggestions.edit_unit           GET,POST  unit        -      -        -       area   area     -      -      -    -    -
suggestions.figures             GET       -           -      -        -       all    all      all    -      -    -    all
suggestions.figures             GET       asked_area  -      -        -       area   area     area   -      -    -    area
suggestions.figure_list         GET       -           -      -        -       all    all      all    -      -    -    all
suggestions.publication         GET       -           -      -        -       all    all      -      -      -    -    -
suggestions.publish_chosen      POST      -           -      -        -       all    all      -      -      -    -    -
suggestions.publish             GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.published_elsewhere GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.openness            GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.end_publication     POST      publication -      -        -       area   area     -      -      -    -    -
suggestions.excellent           GET       -           -      -        -       all    all      all    -      -    -    all
suggestions.booklet             GET       -           -      -        -       all    all      all    -      -    -    all
suggestions.booklet             GET       asked_area  -      -        -       area   area     area   -      -    -    area
suggestions.excellent_candidates GET       -           -      -        -       all    all      -      -      -    -    -
suggestions.select_candidates   POST      -           -      -        -       all    all      -      -      -    -    -
suggestions.select_excellent    GET,POST  suggestion  -      -        -       area   area     -      -      -    -    -
suggestions.excellent_one       GET       excellent   -      -        -       area   area     area   -      -    -    area
suggestions.edit_excellent      GET,POST  excellent   -      -        -       area   area     -      -      -    -    -
suggestions.remove_excellent    POST      excellent   -      -        -       area   area     -      -      -    -    -
suggestions.funds               GET       -           -      -        -       all    all      all    -      -    -    all
suggestions.fund                GET       fund        -      -        -       seen   seen     seen   -      -    -    seen
suggestions.new_fund            GET,POST  -           -      -        -       all    -        -      -      -    -    -
suggestions.edit_fund           GET,POST  fund        -      -        -       area   -        -      -      -    -    -
suggestions.delete_fund         POST      fund        -      -        -       area   -        -      -      -    -    -
suggestions.allocate            GET,POST  fund        -      -        -       area   -        -      -      -    -    -
suggestions.edit_allocation     GET,POST  allocation  -      -        -       area   -        -      -      -    -    -
suggestions.cancel_allocation   POST      allocation  -      -        -       area   -        -      -      -    -    -
suggestions.handling            GET       -           -      -        -       all    all      -      -      all  all  -
suggestions.handling_part       GET       unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.handling_sign       GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.handling_handler    GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.handling_contact    GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.handling_opinion    GET,POST  helper_part -      -        -       area   area     -      -      own  own  -
suggestions.handling_opinion_letter GET   helper_part -      -        -       area   area     -      -      own  own  -
suggestions.handling_plan       GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.handling_items      GET       -           -      -        -       all    all      -      -      all  all  -
suggestions.handling_months     GET       -           -      -        -       all    all      -      -      all  all  -
suggestions.handling_item       GET,POST  month_item  -      -        -       area   area     -      -      own  own  -
suggestions.handling_item_done  POST      month_item  -      -        -       area   area     -      -      own  own  -
suggestions.handling_item_delete POST     month_item  -      -        -       area   area     -      -      own  own  -
suggestions.handling_object     GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.handling_extend     GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.ask_withdraw        POST      unit_ask    -      -        -       area   area     -      -      own  own  -
suggestions.asks                GET       -           -      -        -       all    all      -      -      -    -    all
suggestions.ask                 GET,POST  unit_ask    -      -        -       area   area     -      -      -    -    area
suggestions.handling_reply      GET,POST  unit_part   -      -        -       area   area     -      -      own  own  -
suggestions.reply_sign          GET,POST  draft       -      -        -       area   area     -      -      -    own  -
suggestions.reply_docx          GET       letter      -      -        -       area   area     area   own    own  own  area
suggestions.deadlines           GET       -           -      -        -       all    all      all    all    all  all  all
suggestions.overdue             GET       -           -      -        -       all    all      all    all    all  all  all
suggestions.deadline            GET       deadline    -      -        -       area   area     area   own    own  own  area
suggestions.urge_unit           GET,POST  deadline    -      -        -       area   area     -      -      -    -    area
suggestions.urge_units          POST      -           -      -        -       all    all      -      -      -    -    all
suggestions.urges               GET       -           -      -        -       all    all      all    all    all  all  all
suggestions.urge                GET       deadline    -      -        -       area   area     area   own    own  own  area
suggestions.urge_letter         GET       deadline    -      -        -       area   area     area   own    own  own  area
suggestions.deadline_table      GET       -           -      -        -       all    all      all    all    all  all  all
suggestions.deadline_rules      GET,POST  area        -      -        -       area   -        -      -      -    -    -
suggestions.recalculate_deadlines POST    area        -      -        -       area   -        -      -      -    -    -
suggestions.slips               GET       -           -      -        -       all    all    all    all    all    all    all
suggestions.waiting_slips       GET       -           -      -        -       all    all    -      all    -      -      -
suggestions.slip                GET       slip        -      -        -       area   area   area   own    own    own    area
suggestions.slip_paper          GET       slip        -      -        -       area   area   area   own    own    own    area
suggestions.blank_slip          GET       answered    -      -        -       area   area   -      own    -      -      -
suggestions.give_slip           GET,POST  answered    -      -        -       area   area   -      own    -      -      -
suggestions.conclude            GET,POST  answered    -      -        -       area   area   -      -      -      -      -
suggestions.rehandle            GET,POST  answered    -      -        -       area   area   -      -      -      -      -
suggestions.conclude_many       POST      -           -      -        -       all    all    -      -      -      -      -
suggestions.promises            GET       -           -      -        -       all    all    all    all    all    all    all
suggestions.promise             GET       promise     -      -        -       area   area   area   own    own    own    area
suggestions.new_promise         GET,POST  answered    -      -        -       area   area   -      -      own    own    -
suggestions.edit_promise        GET,POST  promise     -      -        -       area   area   -      -      -      -      -
suggestions.promise_progress    GET,POST  promise     -      -        -       area   area   -      -      own    own    -
suggestions.reopen_promise      GET,POST  promise     -      -        -       area   area   -      -      -      -      -
suggestions.look_backs          GET       -           -      -        -       all    all    -      -      -      -      -
suggestions.new_look_back       GET,POST  -           -      -        -       all    all    -      -      -      -      -
suggestions.look_back           GET       look_back   -      -        -       area   area   -      -      -      -      -
suggestions.gather              GET,POST  look_back   -      -        -       area   area   -      -      -      -      -
suggestions.add_to_look_back    GET,POST  look_back   -      -        -       area   area   -      -      -      -      -
suggestions.close_look_back     POST      look_back   -      -        -       area   area   -      -      -      -      -
suggestions.reopen_look_back    POST      look_back   -      -        -       area   area   -      -      -      -      -
suggestions.look_back_items     GET       -           -      -        -       all    all    -      -      -      -      -
suggestions.look_back_item      GET,POST  look_back   -      -        -       area   area   -      -      -      -      -
suggestions.drop_look_back_item POST      look_back   -      -        -       area   area   -      -      -      -      -
suggestions.sheet               GET       answered    -      -        -       area   area   area   own    own    own    area
suggestions.bundle              GET       answered    -      -        -       area   area   -      -      -      -      -
suggestions.put_away            GET,POST  answered    -      -        -       area   area   -      -      -      -      -
suggestions.take_out            GET,POST  answered    -      -        -       area   area   -      -      -      -      -
suggestions.archive_year        GET,POST  -           -      -        -       all    all    -      -      -      -      -
suggestions.evaluations         GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.new_evaluation      GET,POST  -           -      -      -      all    -      -      -      -      -      -
suggestions.evaluation          GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_unit     GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_voters   GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_tally    GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_ballot   GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_ranking  GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_appraisal GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.evaluation_lines    GET       evaluation  -      -      -      area   area   area   -      -      -      area
suggestions.edit_evaluation     GET,POST  evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.evaluation_sheets   GET,POST  evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.delete_evaluation   POST      evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.invite_voters       POST      evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.close_evaluation    POST      evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.reopen_evaluation   POST      evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.publish_evaluation  POST      evaluation  -      -      -      area   -      -      -      -      -      -
suggestions.ballots             GET       -           -      -      -      -      -      all    all    -      -      -
suggestions.ballot              GET,POST  evaluation  -      -      -      -      -      none   own    -      -      -
suggestions.supervisions         GET       -           -      -      -      all    all    all    all    -      -      all
suggestions.supervision          GET       supervision -      -      -      area   area   area   own    -      -      area
suggestions.supervision_new      GET,POST  -           -      -      -      all    all    -      -      -      -      -
suggestions.supervision_choose   GET,POST  -           -      -      -      all    all    -      all    -      -      -
suggestions.supervision_edit     GET,POST  supervision -      -      -      area   area   -      -      -      -      -
suggestions.supervision_delete   POST      supervision -      -      -      area   area   -      -      -      -      -
suggestions.supervision_vote     GET,POST  supervision -      -      -      area   area   -      -      -      -      -
suggestions.supervision_file     GET       supervision -      -      -      area   area   area   own    -      -      area
suggestions.supervision_case     GET       supervision -      -      -      area   area   area   own    -      -      area
suggestions.supervision_visits   GET       -           -      -      -      all    all    all    all    -      -      all
suggestions.supervision_visit    GET       visit       -      -      -      area   area   area   own    -      -      area
suggestions.supervision_visit_new GET,POST  supervision -      -      -      area   area   -      own    -      -      -
suggestions.supervision_visit_edit GET,POST  visit       -      -      -      area   area   -      own    -      -      -
suggestions.supervision_visit_delete POST      visit       -      -      -      area   area   -      -      -      -      -
suggestions.supervision_photo_delete POST      visit_photo -      -      -      area   area   -      own    -      -      -
suggestions.supervision_board    GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.supervision_board    GET       asked_area  -      -      -      area   area   area   -      -      -      area
suggestions.committees           GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.committees           GET       asked_area  -      -      -      area   area   area   -      -      -      area
suggestions.supervision_agenda   GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.supervision_agenda   GET       asked_area  -      -      -      area   area   area   -      -      -      area
suggestions.supervision_tally    GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.supervision_tally    GET       asked_area  -      -      -      area   area   area   -      -      -      area
suggestions.supervisors          GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.assign_committees    POST      -           -      -      -      all    all    -      -      -      -      -
suggestions.assign_committees    POST      asked_area  -      -      -      area   area   -      -      -      -      -
suggestions.supervising_bodies   GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.supervising_body     GET       body        -      -      -      area   area   area   -      -      -      area
suggestions.supervising_body_new GET,POST  -           -      -      -      all    all    -      -      -      -      -
suggestions.supervising_body_edit GET,POST  body        -      -      -      area   area   -      -      -      -      -
suggestions.hearings             GET       -           -      -      -      all    all    all    -      -      -      all
suggestions.hearing              GET       hearing     -      -      -      area   area   area   -      -      -      area
suggestions.hearing_new          GET,POST  -           -      -      -      all    all    -      -      -      -      -
suggestions.hearing_edit         GET,POST  hearing     -      -      -      area   area   -      -      -      -      -
suggestions.hearing_delete       POST      hearing     -      -      -      area   area   -      -      -      -      -

# --- reports on duty ---------------------------------------------------------------------------------------
duty_reports.duty_reports       GET       -           -      -        -       all    all      all    all    -    -    -
duty_reports.detail             GET       report      -      -        -       area   area     area   own    -    -    -
duty_reports.deputy             GET       mandate     -      -        -       area   area     area   own    -    -    -
duty_reports.new                GET,POST  -           -      -        -       all    all      -      -      -    -    -
duty_reports.edit               GET,POST  report      -      -        -       area   area     -      -      -    -    -
duty_reports.delete             POST      report      -      -        -       area   area     -      -      -    -    -

# --- what is computed --------------------------------------------------------------------------------------
oversight.coverage              GET       -           -      -        -       all    all      all    -      -    -    -
oversight.coverage              GET       asked_area  -      -        -       area   area     area   -      -    -    -
oversight.coverage_deputies     GET       -           -      -        -       all    all      all    -      -    -    -
oversight.coverage_deputies     GET       asked_area  -      -        -       area   area     area   -      -    -    -
oversight.statistics            GET       -           -      -        -       all    all      all    -      -    -    -
oversight.statistics            GET       asked_area  -      -        -       area   area     area   -      -    -    -

# --- imports -----------------------------------------------------------------------------------------------
exchange.imports                GET       -           -      -        -       all    all      -      -      -    -    -
exchange.new                    GET,POST  -           -      -        -       all    all      -      -      -    -    -
exchange.blanks                 GET       -           -      -        -       all    all      -      -      -    -    -
exchange.blank                  GET       template    -      -        -       all    all      -      -      -    -    -
exchange.batch                  GET       batch       -      -        -       area   area     -      -      -    -    -
exchange.progress               GET       batch       -      -        -       area   area     -      -      -    -    -
exchange.rows                   GET       batch       -      -        -       area   area     -      -      -    -    -
exchange.correct                POST      batch       -      -        -       area   area     -      -      -    -    -
exchange.headings               POST      batch       -      -        -       area   area     -      -      -    -    -
exchange.preview                POST      batch       -      -        -       area   area     -      -      -    -    -
exchange.confirm                POST      batch       -      -        -       area   area     -      -      -    -    -
exchange.marked                 GET       batch       -      -        -       area   area     -      -      -    -    -
exchange.undo                   POST      batch       -      -        -       area   area     -      -      -    -    -
exchange.discard                POST      given_up    -      -        -       area   area     -      -      -    -    -
"""

# The address is theirs, yet a rule of the work refuses (403): who is not invited cannot sign in, who may only
# look at an entry takes no photograph away, nobody disables their own account or gives themselves a password.
REFUSED_BY_RULE = {
    ("activities.sign_in_now", "deputy"),
    ("ledger.remove_file", "leader"),
    ("accounts.user_disable", "security"),
    ("accounts.user_enable", "security"),
    ("accounts.user_reset_password", "security"),
}
# Kinds of object named in the form or the query, not in the path.
NOT_IN_THE_PATH = {"-", "chosen_area", "asked_area"}


@dataclass(frozen=True)
class Right:
    """A row of the table, for one method."""

    endpoint: str
    method: str
    object: str
    words: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}" + (f" {self.object}" if self.object != "-" else "")

    @property
    def in_path(self) -> bool:
        """The path names an object."""
        return self.object not in NOT_IN_THE_PATH


def _read() -> list[Right]:
    rights = []
    for line in TABLE.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        endpoint, methods, kind, *words = line.split()
        assert len(words) == len(ROLES) and WORDS.issuperset(words), line
        for method in methods.split(","):
            rights.append(Right(endpoint, method, kind, dict(zip(ROLES, words, strict=True))))
    return rights


RIGHTS = _read()
