//! One history, from the purchase to the last word.

use crate::Break;
use crate::books::judge_books;
use crate::dodo::send_webhooks;
use crate::ending::{ENDINGS, came_to};
use crate::journey::Journey;
use crate::merchant::{reach_milestone, sell, sell_plan_before};
use crate::node::Nodes;
use crate::plan::{Fault, Faults};
use crate::shopper::Site;
use crate::subscription::Standing;
use crate::tab::SHOP;
use crate::verdict::{Verdict, stuck_pages};
use crate::world::World;
use aftercart_contract::{Subject, WebUrl};
use aftercart_server::{Config, Dodo, OfferBook, Secret, TokenKeys, load_offers};
use anyhow::{Context, Result, anyhow, ensure};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The shop whose offers are played.
const OFFERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/offers.toml");
/// A key that is good for histories only.
const TOKEN_KEY: &str = "sim:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// What the shop's own server shows.
pub(crate) const MERCHANT_KEY: &str = "the-merchant-key-of-every-history";
/// Faults strike for so long.
const STORMY: Duration = Duration::from_mins(8);
/// Then pages stay open for so long.
const CALM: Duration = Duration::from_mins(7);
/// A page asks at least this often.
const POLL_LIMIT: Duration = Duration::from_secs(45);
/// A payment that is pending for longer is given up.
const PENDING: Duration = Duration::from_hours(1);
/// A charge that Dodo does not show for longer is given up; late ones come after that.
const UNSEEN: Duration = Duration::from_mins(10);
/// Nothing is open for longer; what was given up, or is planned, is looked at every few hours.
const HORIZON: Duration = Duration::from_hours(3);
const LONG_HORIZON: Duration = Duration::from_hours(9);
/// A planned change that is gone on its day may be under way for four days, as far as the server can see.
const UNDER_WAY: Duration = Duration::from_hours(104);

/// What all histories share.
#[derive(Clone)]
pub(crate) struct Stage {
    config: Config,
    offers: OfferBook,
    broken: Option<Break>,
}

/// How a history went.
pub(crate) struct Played {
    pub(crate) journey: Journey,
    pub(crate) hits: Faults,
    pub(crate) endings: [bool; ENDINGS.len()],
    pub(crate) verdict: Verdict,
    pub(crate) trace: Vec<String>,
}

impl Stage {
    pub(crate) fn set(broken: Option<Break>) -> Result<Self> {
        let offers = load_offers(Path::new(OFFERS)).map_err(|complaints| anyhow!("{complaints:?}"))?;
        let dodo = Dodo {
            base_url: WebUrl::new("http://127.0.0.1:4010").map_err(anyhow::Error::msg)?,
            api_key: Secret::new(dodo_sandbox::DEFAULT_API_KEY),
            webhook_key: Secret::new(dodo_sandbox::DEFAULT_WEBHOOK_SECRET),
            timeout: Duration::from_secs(20),
        };
        let mut config = Config::new(OFFERS, dodo, TokenKeys::parse(TOKEN_KEY)?);
        config.allowed_origins = vec![SHOP.to_owned()];
        (config.unseen, config.pending) = (UNSEEN, PENDING);
        config.merchant_key = Some(Secret::new(MERCHANT_KEY));
        // They count real minutes, and a history's minutes are shorter.
        config.limits.requests_per_minute_per_address = 0;
        config.limits.requests_per_minute_per_subject = 0;
        Ok(Self { config, offers, broken })
    }

    /// Plays the history of this seed.
    pub(crate) fn play(&self, seed: u64, is_traced: bool) -> Result<Played> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .context("a runtime")?;
        let (played, world) = runtime.block_on(self.history(seed, is_traced))?;
        drop(runtime);
        // A million histories of a few hundred kilobytes each are more than a machine has.
        ensure!(world.upgrade().is_none(), "history {seed} is over and still in memory");
        Ok(played)
    }

    async fn history(&self, seed: u64, is_traced: bool) -> Result<(Played, Weak<World>)> {
        let world = World::new(seed, is_traced);
        world.note(|| format!("{:?}", world.plan));
        let nodes = Nodes::start(&world, &self.config, &self.offers, self.broken);
        tokio::spawn(send_webhooks(Arc::clone(&world), Arc::clone(&nodes)));
        let site = Site::new(&world, &nodes);
        if let Some((plan, wanted)) = world.plan.purchases.plans {
            sell_plan_before(&world, plan, wanted)?;
        }
        if let Some(product) = world.plan.purchases.product {
            site.visit(Subject::Payment(sell(&world, product)?), None);
        }
        if world.plan.journey == Journey::Trigger {
            tokio::spawn(reach_milestone(Arc::clone(&site)));
        }
        sleep(STORMY).await;
        world.calm_down();
        sleep(CALM).await;
        let mut verdict = Verdict::default();
        let waiting = stuck_pages(&site);
        if !waiting.is_empty() {
            // What was settled a moment ago reaches a page with its next question.
            sleep(POLL_LIMIT).await;
            let stuck = stuck_pages(&site).into_iter().filter(|page| waiting.contains(page));
            verdict.stuck = stuck.map(|(number, state)| format!("tab {number} is still {state}")).collect();
        }
        settle(&world).await;
        judge_books(&site, &mut verdict);
        let endings = ENDINGS.map(|ending| came_to(&site, ending));
        nodes.end();
        let (journey, hits, trace) = (world.plan.journey, world.hits(), world.take_trace());
        let played = Played { journey, hits, endings, verdict, trace };
        Ok((played, Arc::downgrade(&world)))
    }
}

/// Lets time pass until nothing is open, or the horizon.
async fn settle(world: &World) {
    let has_late = world.plan.faults.has(Fault::DodoLate);
    let is_long = has_late || world.plan.journey == Journey::ChangeLater;
    let begin = Instant::now();
    let horizon = begin + if is_long { LONG_HORIZON } else { HORIZON };
    while Instant::now() < horizon || (is_gone_unseen(world) && begin.elapsed() < UNDER_WAY) {
        sleep(Duration::from_mins(2)).await;
        let database = &world.database;
        let attempts = database.attempts();
        let is_open = attempts.iter().any(|attempt| !attempt.is_settled && !attempt.is_dead);
        let is_watched = has_late && attempts.iter().any(|attempt| attempt.state == "given_up");
        let is_paid_twice = database.refunds().iter().any(|(_, state)| *state != "succeeded");
        let is_soon = database
            .next_look()
            .is_some_and(|at| at.duration_since(world.now()).as_secs() < 60 && !attempts.is_empty());
        if !is_open && !is_watched && !is_paid_twice && !is_soon {
            // The last looks at checkouts, which page the shopper paid a moment ago.
            sleep(Duration::from_mins(90)).await;
            return;
        }
    }
}

/// True while a change counts as planned that Dodo does not plan.
fn is_gone_unseen(world: &World) -> bool {
    let is_planned = world.database.attempts().iter().any(|attempt| attempt.state == "scheduled");
    let notes = world.notes();
    is_planned && notes.timeline.as_ref().is_some_and(|timeline| timeline.last() != Standing::Planned)
}
