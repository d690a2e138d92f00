//! Many people doing something at once.

use std::future::Future;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::person::Person;
use crate::trouble::{Findings, Promise, Trouble};

/// People who act together.
pub(crate) type Crowd = Vec<Arc<Person>>;

/// Troubles told in full when many people meet one.
const TROUBLES_TOLD_MAX: usize = 10;

/// Has everyone do something at once; ends when all have. Everybody's trouble becomes a finding, the first one is
/// handed back.
pub(crate) async fn each<F>(
    people: &[Arc<Person>],
    findings: &Findings,
    mut act: impl FnMut(Arc<Person>) -> F,
) -> Result<(), Trouble>
where
    F: Future<Output = Result<(), Trouble>> + Send + 'static,
{
    let mut tasks: JoinSet<Result<(), Trouble>> = JoinSet::new();
    for person in people {
        tasks.spawn(act(Arc::clone(person)));
    }
    let mut first = None;
    let mut count = 0_usize;
    while let Some(ended) = tasks.join_next().await {
        let trouble = match ended {
            Ok(Ok(())) => continue,
            Ok(Err(trouble)) => trouble,
            Err(panic) => Trouble::Answer(format!("a simulated person fell over: {panic}")),
        };
        count += 1;
        if first.is_none() {
            first = Some(trouble);
        } else if count <= TROUBLES_TOLD_MAX {
            findings.add(Promise::Progress, trouble.to_string());
        }
    }
    if count > TROUBLES_TOLD_MAX {
        findings.add(Promise::Progress, format!("{count} of {} people met trouble", people.len()));
    }
    first.map_or(Ok(()), Err)
}
