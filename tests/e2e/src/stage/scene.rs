//! How a situation is looked at: where, in which colours, in which language.

use std::fmt;

use aftercart_words::is_right_to_left;

/// The values of the `placement` attribute.
pub const PLACEMENTS: [&str; 3] = ["card", "banner", "dialog"];
/// The looks: without a theme, and the two ready ones of `style/themes`.
pub const THEMES: [&str; 3] = ["default", "paper", "signal"];
/// The values of the `theme` attribute that name colours.
pub const SCHEMES: [&str; 2] = ["light", "dark"];

/// One way of looking. Written as the query of an address.
#[derive(Clone, Debug)]
pub struct Scene {
    /// One of [`PLACEMENTS`].
    pub placement: String,
    /// One of [`THEMES`].
    pub theme: String,
    /// One of [`SCHEMES`].
    pub scheme: String,
    /// `comfortable` or `compact`.
    pub density: String,
    /// The language of page and widget.
    pub language: String,
    /// The page's clock runs. Else nothing that takes a second or more ever happens.
    pub is_running: bool,
    /// The stage presses nothing: someone else does.
    pub is_by_hand: bool,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            placement: "card".to_owned(),
            theme: "default".to_owned(),
            scheme: "light".to_owned(),
            density: "comfortable".to_owned(),
            language: "en".to_owned(),
            is_running: false,
            is_by_hand: false,
        }
    }
}

impl Scene {
    /// The scene that the pairs of a query describe; what they do not say is as by default.
    pub(super) fn read<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut scene = Self::default();
        for (name, value) in pairs {
            let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let value = if is_plain { value.to_owned() } else { continue };
            match name {
                "placement" => scene.placement = value,
                "theme" => scene.theme = value,
                "scheme" => scene.scheme = value,
                "density" => scene.density = value,
                "language" => scene.language = value,
                "clock" => scene.is_running = value == "runs",
                "hands" => scene.is_by_hand = value == "own",
                _ => {}
            }
        }
        scene
    }

    /// `rtl` or `ltr`.
    pub(super) fn direction(&self) -> &'static str {
        if is_right_to_left(&self.language) { "rtl" } else { "ltr" }
    }
}

impl fmt::Display for Scene {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { placement, theme, scheme, density, language, is_running, is_by_hand } = self;
        let clock = if *is_running { "runs" } else { "stands" };
        let hands = if *is_by_hand { "own" } else { "stage" };
        write!(
            formatter,
            "placement={placement}&theme={theme}&scheme={scheme}&density={density}&language={language}&clock={clock}&hands={hands}"
        )
    }
}
