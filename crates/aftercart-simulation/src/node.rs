//! Server processes: their disk, clock and wire, their deaths and their restarts.

use crate::Break;
use crate::dodo::DodoWire;
use crate::plan::Fault;
use crate::world::{World, lock};
use aftercart_server::simulation::{Disk, Node, Parts, Planted};
use aftercart_server::{Clock, Config, OfferBook};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// All server processes of a history.
pub(crate) struct Nodes {
    world: Arc<World>,
    config: Config,
    offers: OfferBook,
    broken: Option<Break>,
    slots: Vec<Slot>,
}

/// Where a process runs, dies, and runs again.
struct Slot {
    running: Mutex<Option<Node>>,
    /// Raised by every death: whatever belongs to an earlier life hangs for ever.
    life: watch::Sender<u64>,
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nodes").field("count", &self.slots.len()).finish_non_exhaustive()
    }
}

impl Nodes {
    /// Starts the processes.
    pub(crate) fn start(
        world: &Arc<World>,
        config: &Config,
        offers: &OfferBook,
        broken: Option<Break>,
    ) -> Arc<Self> {
        let slot = || Slot { running: Mutex::default(), life: watch::Sender::new(0) };
        let nodes = Arc::new(Self {
            world: Arc::clone(world),
            config: config.clone(),
            offers: offers.clone(),
            broken,
            slots: (0..world.plan.nodes).map(|_| slot()).collect(),
        });
        for number in 0..world.plan.nodes {
            nodes.boot(number);
        }
        nodes
    }

    /// A process for the next request, or `None` when the one that the balancer chose is down.
    pub(crate) fn pick(&self) -> Option<(Node, watch::Receiver<u64>)> {
        let number = usize::try_from(self.world.below(self.slots.len() as u64)).unwrap_or_default();
        let slot = self.slots.get(number)?;
        let node = lock(&slot.running).clone()?;
        Some((node, slot.life.subscribe()))
    }

    /// Ends every process. Each knows of all through its disk, so none would go by itself.
    pub(crate) fn end(&self) {
        for slot in &self.slots {
            *lock(&slot.running) = None;
        }
    }

    fn boot(self: &Arc<Self>, number: usize) {
        let Some(slot) = self.slots.get(number) else { return };
        let door = Door { nodes: Arc::clone(self), number, life: *slot.life.borrow() };
        let skew = self.world.plan.skew_seconds.get(number).copied().unwrap_or_default();
        if skew != 0 {
            self.world.hit(Fault::ClockSkew);
        }
        let planted = match self.broken {
            Some(Break::NoClaim) => Some(Planted::NoClaim),
            Some(Break::Trust200) => Some(Planted::Trust200),
            Some(Break::TrustChange) => Some(Planted::TrustChange),
            Some(Break::OldPrice) => Some(Planted::OldPrice),
            Some(Break::NoWindow) => Some(Planted::NoWindow),
            Some(Break::EmptyUndo) => Some(Planted::EmptyUndo),
            Some(Break::Resend | Break::ResendChange) | None => None,
        };
        let parts = Parts {
            config: self.config.clone(),
            offers: self.offers.clone(),
            disk: Arc::new(door.clone()),
            wire: Arc::new(DodoWire { door: door.clone(), broken: self.broken }),
            clock: Arc::new(NodeClock {
                world: Arc::clone(&self.world),
                skew: SignedDuration::from_secs(skew),
            }),
            planted,
        };
        // The configuration was read from files that the repository's tests check.
        let Ok(node) = Node::start(parts, &self.world.database) else { return };
        self.world.note(|| format!("node {number} starts"));
        *lock(&slot.running) = Some(node.clone());
        tokio::spawn(reconcile(node, door));
    }

    fn kill(self: &Arc<Self>, number: usize) {
        let Some(slot) = self.slots.get(number) else { return };
        self.world.note(|| format!("node {number} dies"));
        *lock(&slot.running) = None;
        slot.life.send_modify(|life| *life += 1);
        let nodes = Arc::clone(self);
        let down = Duration::from_millis(200) + self.world.up_to(20_000);
        tokio::spawn(async move {
            sleep(down).await;
            nodes.boot(number);
        });
    }
}

/// One life of one process, as seen by its disk and its wire.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    nodes: Arc<Nodes>,
    number: usize,
    life: u64,
}

impl Door {
    pub(crate) fn world(&self) -> &Arc<World> {
        &self.nodes.world
    }

    /// An await at which the process may die. Returns only to the living.
    pub(crate) async fn pass(&self) {
        if self.is_alive() && self.world().strikes(Fault::Crash) {
            self.nodes.kill(self.number);
        }
        if !self.is_alive() {
            pending::<()>().await;
        }
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.nodes.slots.get(self.number).is_some_and(|slot| *slot.life.borrow() == self.life)
    }
}

#[async_trait]
impl Disk for Door {
    async fn before(&self) -> bool {
        self.pass().await;
        !self.world().strikes(Fault::DatabaseBusy)
    }

    async fn after(&self) -> bool {
        self.pass().await;
        !self.world().strikes(Fault::DatabaseBusy)
    }
}

#[derive(Debug)]
struct NodeClock {
    world: Arc<World>,
    skew: SignedDuration,
}

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        self.world.now().saturating_add(self.skew).unwrap_or(Timestamp::MAX)
    }
}

/// A process's reconciler: works when there is something to do, as one that looks every second would.
async fn reconcile(node: Node, door: Door) {
    loop {
        let wait = match door.world().database.next_look() {
            Some(at) => at.duration_since(door.world().now()).as_millis().clamp(1_000, 60_000),
            None => 5_000,
        };
        sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(1_000))).await;
        if !door.is_alive() {
            return;
        }
        // Clocks differ; a look that finds nothing due changes nothing.
        let soon = door.world().now().saturating_add(SignedDuration::from_secs(95)).unwrap_or(Timestamp::MAX);
        if door.world().database.next_look().is_some_and(|at| at <= soon) {
            node.reconcile().await;
        }
    }
}
