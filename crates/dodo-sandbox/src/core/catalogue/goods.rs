//! What the shop sells.

use jiff::SignedDuration;

use crate::core::moment::Moment;
use crate::core::product::Product;

pub(super) fn products(now: Moment) -> Vec<Product> {
    let good = |id: &str, name: &str, price: i64, currency: &str, description: &str| {
        let created_at = now.stamp().checked_sub(SignedDuration::from_hours(90 * 24)).unwrap_or(now.at);
        Product {
            id: id.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            price,
            currency: currency.to_owned(),
            tax_inclusive: false,
            is_recurring: false,
            image_path: Some(format!("/_sandbox/images/{id}.svg")),
            created_at,
            updated_at: created_at,
        }
    };
    let plan = |id, name, price, description| Product {
        is_recurring: true,
        ..good(id, name, price, "USD", description)
    };
    vec![
        good(
            "pdt_presets",
            "Film preset pack",
            2900,
            "USD",
            "24 presets for Lightroom and Capture One, matched to scans of real film.",
        ),
        good(
            "pdt_course",
            "Colour grading course",
            4900,
            "USD",
            "Six hours of video on grading stills, with the raw files to follow along.",
        ),
        good(
            "pdt_guide",
            "Colour grading guide",
            1900,
            "USD",
            "A 60-page PDF on reading a histogram and balancing skin tones.",
        ),
        good("pdt_stickers", "Sticker sheet", 900, "USD", "A printable sheet of 18 darkroom stickers."),
        Product {
            tax_inclusive: true,
            ..good(
                "pdt_lut_eur",
                "LUT pack",
                3900,
                "EUR",
                "12 LUTs in cube format for DaVinci Resolve and Premiere Pro.",
            )
        },
        good(
            "pdt_brush_jpy",
            "Brush set",
            4500,
            "JPY",
            "40 retouching brushes for Photoshop and Affinity Photo.",
        ),
        good(
            "pdt_archive_kwd",
            "Photo archive",
            12_500,
            "KWD",
            "300 royalty-free photographs of the Gulf coast in full resolution.",
        ),
        plan("pdt_starter", "Starter plan", 2000, "Online portfolio with 5 galleries, billed monthly."),
        plan("pdt_basic", "Basic plan", 3000, "Online portfolio with 50 galleries, billed monthly."),
        plan(
            "pdt_pro",
            "Pro plan",
            8000,
            "Unlimited galleries, client proofing and a domain of your own, billed monthly.",
        ),
    ]
}
