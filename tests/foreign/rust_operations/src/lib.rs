//! Runs what it is told, one operation after another: the system API as a Rust canister of 2023 meets it, and the
//! stable structures that Kybra's library is made of.

use candid::{CandidType, Principal};
use ic_cdk::api::call::{self, call_raw128, notify_raw, performance_counter};
use ic_cdk::api::{self, stable};
use ic_cdk_macros::{heartbeat, inspect_message, pre_upgrade, query, update};
use ic_stable_structures::memory_manager::{MemoryId, MemoryManager, VirtualMemory};
use ic_stable_structures::{DefaultMemoryImpl, StableBTreeMap, StableCell, StableVec};
use serde::Deserialize;
use std::cell::{Cell, RefCell};

type Memory = VirtualMemory<DefaultMemoryImpl>;

thread_local! {
    static MANAGER: RefCell<MemoryManager<DefaultMemoryImpl>> =
        RefCell::new(MemoryManager::init(DefaultMemoryImpl::default()));
    static MAP: RefCell<StableBTreeMap<u64, u64, Memory>> = RefCell::new(StableBTreeMap::init(memory(0)));
    static CELL: RefCell<StableCell<u64, Memory>> = RefCell::new(StableCell::init(memory(1), 0).unwrap());
    static LIST: RefCell<StableVec<u64, Memory>> = RefCell::new(StableVec::init(memory(2)).unwrap());
    static HEAP: RefCell<Vec<u8>> = RefCell::new(Vec::new());
    static BEATS: Cell<u64> = Cell::new(0);
}

fn memory(id: u8) -> Memory {
    MANAGER.with(|manager| manager.borrow().get(MemoryId::new(id)))
}

#[derive(CandidType, Deserialize)]
enum Operation {
    Put(u64, u64),
    Get(u64),
    Remove(u64),
    Range(u64, u64),
    Len,
    Push(u64),
    Sum,
    SetCell(u64),
    GetCell,
    Fill(u32),
    Grow(u32),
    StablePages,
    Caller,
    Id,
    Time,
    Balance,
    Available,
    Accept(u64),
    Counter(u32),
    Certify(Vec<u8>),
    Certificate,
    Call(Principal, String, Vec<u8>, u64),
    Notify(Principal, String, Vec<u8>),
    Trap(String),
    Panic,
}

#[derive(CandidType, Deserialize)]
enum Outcome {
    Done,
    Nat(u64),
    Maybe(Option<u64>),
    Many(Vec<u64>),
    Cycles(u128),
    Who(Principal),
    Bytes(Vec<u8>),
    Rejected(i32, String),
}

async fn outcome(operation: Operation) -> Outcome {
    match operation {
        Operation::Put(key, value) => Outcome::Maybe(MAP.with(|map| map.borrow_mut().insert(key, value))),
        Operation::Get(key) => Outcome::Maybe(MAP.with(|map| map.borrow().get(&key))),
        Operation::Remove(key) => Outcome::Maybe(MAP.with(|map| map.borrow_mut().remove(&key))),
        Operation::Range(from, to) => {
            Outcome::Many(MAP.with(|map| map.borrow().range(from..to).map(|(key, _)| key).collect()))
        }
        Operation::Len => Outcome::Nat(MAP.with(|map| map.borrow().len())),
        Operation::Push(value) => LIST.with(|list| {
            list.borrow_mut().push(&value).unwrap();
            Outcome::Nat(list.borrow().len())
        }),
        Operation::Sum => Outcome::Nat(LIST.with(|list| list.borrow().iter().sum())),
        Operation::SetCell(value) => {
            CELL.with(|cell| cell.borrow_mut().set(value).unwrap());
            Outcome::Done
        }
        Operation::GetCell => Outcome::Nat(CELL.with(|cell| *cell.borrow().get())),
        Operation::Fill(size) => HEAP.with(|heap| {
            heap.borrow_mut().resize(size as usize, 7);
            Outcome::Nat(heap.borrow().iter().map(|byte| u64::from(*byte)).sum())
        }),
        Operation::Grow(pages) => Outcome::Nat(core::arch::wasm32::memory_grow(0, pages as usize) as u64),
        Operation::StablePages => Outcome::Nat(stable::stable64_size()),
        Operation::Caller => Outcome::Who(api::caller()),
        Operation::Id => Outcome::Who(api::id()),
        Operation::Time => Outcome::Nat(api::time()),
        Operation::Balance => Outcome::Cycles(api::canister_balance128()),
        Operation::Available => Outcome::Cycles(call::msg_cycles_available128()),
        Operation::Accept(most) => Outcome::Cycles(call::msg_cycles_accept128(u128::from(most))),
        Operation::Counter(kind) => Outcome::Nat(performance_counter(kind)),
        Operation::Certify(value) => {
            api::set_certified_data(&value);
            Outcome::Done
        }
        Operation::Certificate => Outcome::Bytes(api::data_certificate().unwrap_or_default()),
        Operation::Call(callee, method, argument, cycles) => {
            match call_raw128(callee, &method, &argument, u128::from(cycles)).await {
                Ok(reply) => Outcome::Bytes(reply),
                Err((code, message)) => Outcome::Rejected(code as i32, message),
            }
        }
        Operation::Notify(callee, method, argument) => match notify_raw(callee, &method, &argument, 0) {
            Ok(()) => Outcome::Done,
            Err(code) => Outcome::Rejected(code as i32, String::new()),
        },
        Operation::Trap(text) => api::trap(&text),
        Operation::Panic => Outcome::Many(vec![[1u64][api::time() as usize]]),
    }
}

async fn outcomes(operations: Vec<Operation>) -> Vec<Outcome> {
    let mut found = Vec::new();
    for operation in operations {
        found.push(outcome(operation).await);
    }
    found
}

#[update]
async fn run(operations: Vec<Operation>) -> Vec<Outcome> {
    outcomes(operations).await
}

#[query]
async fn look(operations: Vec<Operation>) -> Vec<Outcome> {
    outcomes(operations).await
}

#[query]
fn beats() -> u64 {
    BEATS.with(Cell::get)
}

#[heartbeat]
fn beat() {
    BEATS.with(|beats| beats.set(beats.get() + 1));
}

#[pre_upgrade]
fn count_the_upgrade() {
    CELL.with(|cell| {
        let count = *cell.borrow().get() + 1;
        cell.borrow_mut().set(count).unwrap()
    });
}

#[inspect_message]
fn accept_calls_of_run() {
    if call::method_name() == "run" {
        call::accept_message();
    }
}
