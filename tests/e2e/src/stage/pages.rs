//! The stage's two pages: one situation alone, and the gallery of all of them.

use serde_json::json;

use super::{PLACEMENTS, SCHEMES, SITUATIONS, Scene, Situation, THEMES};

/// A page as a merchant's, with one widget and nothing else that could be mistaken for it.
pub(super) fn stage(situation: &Situation, scene: &Scene, subject: &str) -> String {
    let clock = if scene.is_running { "runs" } else { "stands" };
    let play = if scene.is_by_hand {
        json!({ "steps": [], "state": "offer", "shows": "[part~=card]", "clock": clock })
    } else {
        json!({ "steps": situation.steps, "state": situation.state, "shows": situation.shows, "clock": clock })
    };
    let Scene { placement, theme, scheme, density, language, .. } = scene;
    let direction = scene.direction();
    let link = if theme == "default" {
        String::new()
    } else {
        format!("<link id=\"look\" rel=\"stylesheet\" href=\"/style/{theme}.css\">")
    };
    let play = play.to_string().replace('&', "&amp;").replace('\'', "&#39;");
    format!(
        "<!doctype html><html lang=\"{language}\" dir=\"{direction}\" data-scheme=\"{scheme}\" data-play='{play}'>\
         <head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title>{link}<style>{PAGE}</style><script src=\"/stage.js\"></script></head>\
         <body><main><h1>Thank you for your order</h1>\
         <aftercart-offer endpoint=\"/api/upsell\" subject=\"{subject}\" placement=\"{placement}\" \
         theme=\"{scheme}\" density=\"{density}\"><p>Your order is complete. <a href=\"/session/own\">See our courses</a></p></aftercart-offer>\
         </main><script src=\"/aftercart/aftercart.js\"></script></body></html>",
        title = situation.title,
    )
}

const PAGE: &str = "html{color-scheme:light;background:#f6f6f3;color:#1b2130}\
    html[data-scheme=dark]{color-scheme:dark;background:#101318;color:#eceff5}\
    body{margin:0;padding:1rem;font:1rem/1.5 system-ui,sans-serif}\
    h1{position:absolute;inline-size:1px;block-size:1px;margin:0;overflow:hidden;clip-path:inset(50%)}\
    main{max-inline-size:46rem;margin-inline:auto}a{color:inherit}\
    aftercart-offer{--aftercart-reserved-block-size:8rem}";

/// Every situation in one scene. The query is the scene's, and may have `only=` with names, `width=` of a frame and
/// `columns=`; a `sheet=` has nothing to choose with.
pub(super) fn gallery(query: &str) -> String {
    let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let value = |wanted: &str| pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let scene = Scene::read(pairs.iter().copied());
    let only: Option<Vec<&str>> = value("only").map(|names| names.split(',').collect());
    let width: u32 = value("width").and_then(|width| width.parse().ok()).unwrap_or(768);
    let columns: u32 = value("columns").and_then(|columns| columns.parse().ok()).unwrap_or(2);
    let chosen = |situation: &&Situation| only.as_ref().is_none_or(|names| names.contains(&situation.name));
    let frames: Vec<String> =
        SITUATIONS.iter().filter(chosen).map(|situation| frame(situation, &scene, width)).collect();
    let form = if value("sheet").is_some() { String::new() } else { form(&scene, width) };
    let pile: String = columns_of(&frames, columns).collect();
    format!(
        "<!doctype html><html lang=\"en\" data-scheme=\"{scheme}\" data-placement=\"{placement}\">\
         <head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Aftercart: every situation</title><style>{GALLERY}</style></head>\
         <body>{form}<main>{pile}</main><script src=\"/gallery.js\"></script></body></html>",
        scheme = scene.scheme,
        placement = scene.placement,
    )
}

const GALLERY: &str = "html{scrollbar-width:none;color-scheme:light;background:#f6f6f3;color:#1b2130}\
    html[data-scheme=dark]{color-scheme:dark;background:#101318;color:#eceff5}\
    body{margin:0;padding:1rem;font:.875rem/1.4 system-ui,sans-serif}\
    form{display:flex;flex-wrap:wrap;gap:1rem;margin-block-end:1rem}select{font:inherit;padding:.25rem .5rem}\
    main{display:flex;flex-wrap:wrap;gap:1rem;align-items:start}\
    main>div{display:grid;gap:1rem}figure{margin:0}figcaption{padding:0 1rem;font-weight:600;opacity:.8}\
    iframe{display:block;block-size:30rem;border:0}";

fn columns_of(frames: &[String], columns: u32) -> impl Iterator<Item = String> {
    let columns = columns.max(1) as usize;
    (0..columns).map(move |column| {
        let own: String = frames.iter().skip(column).step_by(columns).cloned().collect();
        format!("<div>{own}</div>")
    })
}

fn frame(situation: &Situation, scene: &Scene, width: u32) -> String {
    let Situation { name, title, .. } = situation;
    format!(
        "<figure><figcaption>{title}</figcaption>\
         <iframe title=\"{title}\" width=\"{width}\" src=\"/stage/{name}?{scene}\"></iframe></figure>"
    )
}

fn form(scene: &Scene, width: u32) -> String {
    let width = width.to_string();
    let languages = aftercart_words::TAGS;
    let fields: [(&str, &[&str], &str); 6] = [
        ("placement", &PLACEMENTS, &scene.placement),
        ("theme", &THEMES, &scene.theme),
        ("scheme", &SCHEMES, &scene.scheme),
        ("density", &["comfortable", "compact"], &scene.density),
        ("language", &languages, &scene.language),
        ("width", &["768", "360", "320"], &width),
    ];
    let selects = fields.iter().map(|(name, values, chosen)| {
        let options = values.iter().map(|value| {
            let selected = if value == chosen { " selected" } else { "" };
            format!("<option{selected}>{value}</option>")
        });
        format!("<label>{name} <select name=\"{name}\">{}</select></label>", options.collect::<String>())
    });
    format!("<form>{}<noscript><button>Show</button></noscript></form>", selects.collect::<String>())
}
