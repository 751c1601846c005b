/// The BCP 47 tags of our languages; `locales/` has one file for each.
pub const TAGS: [&str; 16] =
    ["en", "fr", "pt-BR", "zh-CN", "id", "es", "de", "it", "ja", "ko", "ar", "hi", "vi", "tr", "sv", "ms"];
