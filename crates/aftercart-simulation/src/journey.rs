//! What a history is about: each kind of offer has a way into it of its own.

use fastrand::Rng;

/// The kinds of histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journey {
    /// One offer after a purchase, and a smaller one after a decline.
    Offer,
    /// A plan that is changed, and paid, at once.
    ChangeNow,
    /// A plan that is changed at the next renewal, unless it is called off before.
    ChangeLater,
    /// Offers that follow a yes.
    Sequence,
    /// An offer in any quantity, each priced by Dodo.
    Quantity,
    /// Something that the merchant's app told of, perhaps beside a purchase that offers the same product.
    Trigger,
    /// An offer that is charged a while after the click, or a change of plan, unless it is taken back before.
    TakeBack,
}

/// All of them, in the order of the report.
pub(crate) const JOURNEYS: [Journey; 7] = [
    Journey::Offer,
    Journey::ChangeNow,
    Journey::ChangeLater,
    Journey::Sequence,
    Journey::Quantity,
    Journey::Trigger,
    Journey::TakeBack,
];

/// What is bought before there is an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Purchases {
    /// `None`: only a trigger leads to an offer.
    pub(crate) product: Option<&'static str>,
    /// The plan that the customer has had for a while, and the one that is offered.
    pub(crate) plans: Option<(&'static str, &'static str)>,
}

impl Journey {
    /// A journey of this seed. Plain offers are the most: every fault has to meet them.
    pub(crate) fn of(rng: &mut Rng) -> Self {
        match rng.u32(..100) {
            0..23 => Self::Offer,
            23..35 => Self::TakeBack,
            35..50 => Self::ChangeNow,
            50..65 => Self::ChangeLater,
            65..77 => Self::Sequence,
            77..88 => Self::Quantity,
            _ => Self::Trigger,
        }
    }

    /// What is bought for it, as `offers.toml` wants it.
    pub(crate) fn purchases(self, rng: &mut Rng) -> Purchases {
        let is_rare = rng.u32(..4) == 0;
        let product = match self {
            Self::Offer if is_rare => Some("pdt_guide"),
            Self::Offer => Some("pdt_presets"),
            Self::ChangeNow => Some("pdt_stickers"),
            Self::ChangeLater => Some("pdt_lut_eur"),
            Self::Sequence => Some("pdt_brush_jpy"),
            Self::Quantity => Some("pdt_archive_kwd"),
            Self::Trigger => (!is_rare).then_some("pdt_presets"),
            Self::TakeBack => Some("pdt_course"),
        };
        let plans = match self {
            Self::ChangeNow => Some(("pdt_basic", "pdt_pro")),
            Self::TakeBack if is_rare => Some(("pdt_basic", "pdt_pro")),
            Self::ChangeLater => Some(("pdt_pro", "pdt_basic")),
            _ => None,
        };
        Purchases { product, plans }
    }
}
