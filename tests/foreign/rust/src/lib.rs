//! A counter: updates, queries, calls to others, timers, rejects, traps, certified data, and upgrades over stable memory.

use candid::{CandidType, Principal};
use ic_cdk::api;
use ic_cdk::call::Call;
use ic_cdk::{init, post_upgrade, pre_upgrade, query, update};
use serde::Deserialize;
use std::cell::RefCell;
use std::time::Duration;

#[derive(CandidType, Deserialize, Default, Clone)]
struct State {
    count: u64,
    owner: Option<Principal>,
    beats: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn with<T>(change: impl FnOnce(&mut State) -> T) -> T {
    STATE.with(|state| change(&mut state.borrow_mut()))
}

fn certify() {
    api::certified_data_set(with(|state| state.count).to_be_bytes());
}

#[init]
fn init(start: Option<u64>) {
    with(|state| {
        state.count = start.unwrap_or(0);
        state.owner = Some(api::msg_caller());
    });
    certify();
}

#[pre_upgrade]
fn pre_upgrade() {
    ic_cdk::storage::stable_save((with(|state| state.clone()),)).expect("stable memory");
}

#[post_upgrade]
fn post_upgrade() {
    let (state,): (State,) = ic_cdk::storage::stable_restore().expect("stable memory");
    STATE.with(|kept| *kept.borrow_mut() = state);
    certify();
}

#[update]
fn add(amount: u64) -> u64 {
    let count = with(|state| {
        state.count += amount;
        state.count
    });
    certify();
    count
}

#[query]
fn read() -> u64 {
    with(|state| state.count)
}

#[query]
fn owner() -> Option<Principal> {
    with(|state| state.owner)
}

#[query]
fn certificate() -> Option<Vec<u8>> {
    api::data_certificate()
}

#[update]
fn trap_after_adding(amount: u64) {
    add(amount);
    ic_cdk::trap("as asked");
}

/// Adds at another counter, in turn; what it answered, or its reject.
#[update]
async fn add_there(counter: Principal, amount: u64, times: u32) -> Result<Vec<u64>, String> {
    let mut answers = Vec::new();
    for _ in 0..times {
        let answer = Call::bounded_wait(counter, "add").with_arg(amount).await.map_err(|error| error.to_string())?;
        answers.push(answer.candid().map_err(|error| error.to_string())?);
    }
    Ok(answers)
}

/// Lets another counter trap; the text of the reject.
#[update]
async fn trap_there(counter: Principal) -> Option<String> {
    let answer = Call::unbounded_wait(counter, "trap_after_adding").with_arg(1u64).await;
    answer.err().map(|error| error.to_string())
}

#[update]
async fn random() -> Vec<u8> {
    ic_cdk::management_canister::raw_rand().await.expect("raw_rand")
}

#[update]
fn start(seconds: u64) {
    ic_cdk_timers::set_timer_interval(Duration::from_secs(seconds), async || with(|state| state.beats += 1));
}

#[query]
fn beats() -> u64 {
    with(|state| state.beats)
}
