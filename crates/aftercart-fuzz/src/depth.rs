//! Documents that are nested so deeply that a careless reader runs out of stack.

use std::thread;

/// How many levels: more than any stack holds.
pub const DEEP: usize = 100_000;

/// The stack that WebAssembly gets from its linker, bytes; threads of a server have twice that.
const SMALL_STACK: usize = 1024 * 1024;

/// JSON nested [`DEEP`] levels, closed and unclosed, plain and inside members that our readers look into.
pub fn deep_documents() -> Vec<String> {
    let openings = [
        "[",
        r#"{"a":"#,
        r#"{"offer":"#,
        r#"{"outcome":"#,
        r#"{"status":"already_accepted","outcome":"#,
        r#"{"product":"#,
        r#"{"data":"#,
        r#"{"metadata":"#,
        r#"[{"items":"#,
    ];
    openings
        .iter()
        .flat_map(|opening| {
            let open = opening.repeat(DEEP);
            let close: String = opening
                .chars()
                .rev()
                .filter_map(|sign| match sign {
                    '[' => Some(']'),
                    '{' => Some('}'),
                    _ => None,
                })
                .collect();
            let closed = format!("{open}1{}", close.repeat(DEEP));
            [open, closed]
        })
        .collect()
}

/// Runs `work` where the stack is small. A stack that overflows ends the whole test program, which is seen.
pub fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(SMALL_STACK).spawn(work);
    let ended = thread.map(thread::JoinHandle::join);
    assert!(matches!(ended, Ok(Ok(()))), "it panicked");
}
