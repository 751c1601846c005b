//! The success page: does its own policy let the widget work, and is it one of ours?

use super::csp::Widget;
use super::html::{Tag, tags};
use super::isolation::{is_isolated, pictures};
use super::patient::Patient;
use super::policies;
use super::probe::{Answer, ask};
use super::report::Check;
use aftercart_contract::WebUrl;
use reqwest::Url;

const PAGE: &str = "page";

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) checks: Vec<Check>,
    /// The loader that the page names.
    pub(super) loader: Option<Url>,
    /// What `isolation` says of the page.
    pub(super) is_isolated: bool,
}

/// One visit, as a browser without scripts. `images` are the product pictures that the page will show.
pub(super) async fn examine(patient: &Patient, images: &[WebUrl]) -> Found {
    let answer = match visit(patient).await {
        Ok(answer) => answer,
        Err(check) => return Found { checks: vec![check], ..Found::default() },
    };
    let html = answer.text();
    let tags = tags(&html);
    let script = loader_tag(&tags);
    let loader = script.and_then(|tag| answer.url.join(tag.attribute("src")?).ok());
    let element = tags.iter().find(|tag| tag.name == "aftercart-offer");
    let endpoint = element.map(|tag| tag.attribute("endpoint").unwrap_or("/api/upsell"));
    let endpoint = endpoint.and_then(|endpoint| answer.url.join(endpoint).ok());
    let ours = patient.public("/api/upsell");
    let is_isolated = is_isolated(&answer);

    let mut checks = vec![origin(patient, &answer.url), loader_check(loader.as_ref())];
    checks.push(element_check(endpoint.as_ref(), &ours));
    // What a script adds to the page later is taken to be as the documentation has it.
    let loader_url = loader.clone().or_else(|| Url::parse(&patient.public("/aftercart/aftercart.js")).ok());
    if let (Some(loader), Some(endpoint)) = (loader_url, endpoint.or_else(|| Url::parse(&ours).ok())) {
        let widget = Widget {
            page: answer.url.clone(),
            loader,
            nonce: script.and_then(|tag| tag.attribute("nonce")).map(str::to_owned),
            endpoint,
            images: images.iter().filter_map(|url| Url::parse(url.as_str()).ok()).collect(),
        };
        checks.extend(policies::examine(&answer, &tags, &widget));
        if is_isolated {
            checks.extend(pictures(patient, &widget.page, &widget.images).await);
        }
    }
    Found { checks, loader, is_isolated }
}

async fn visit(patient: &Patient) -> Result<Answer, Check> {
    let page = patient.page.as_ref();
    let page =
        page.ok_or_else(|| Check::skip(PAGE, "not visited: name it with --page, or as success_url"))?;
    let place = page.as_str().split(['?', '#']).next().unwrap_or_default();
    let answer = ask(patient.probe.browse(page.as_str()).header("accept", "text/html")).await;
    match answer {
        Ok(answer) if answer.status == 200 => Ok(answer),
        Ok(answer) => {
            let advice = "name a page that opens without signing in, with --page";
            Err(Check::fail(PAGE, format!("{place} answers {}", answer.status), advice))
        }
        Err(error) => {
            let advice = "correct success_url, or name the page with --page";
            Err(Check::fail(PAGE, format!("{place}: {error}"), advice))
        }
    }
}

fn loader_tag(tags: &[Tag]) -> Option<&Tag> {
    tags.iter().filter(|tag| tag.name == "script").find(|tag| {
        let path = tag.attribute("src").unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
        path == "aftercart.js" || path.ends_with("/aftercart.js")
    })
}

fn origin(patient: &Patient, page: &Url) -> Check {
    const NAME: &str = "page.origin";
    let origin = page.origin().ascii_serialization();
    if patient.allows(&origin) {
        Check::ok(NAME, format!("{origin} may accept"))
    } else {
        Check::fail(
            NAME,
            format!("{origin} is not allowed to accept"),
            format!("add \"{origin}\" to allowed_origins"),
        )
    }
}

fn loader_check(loader: Option<&Url>) -> Check {
    match loader {
        Some(url) => Check::ok("page.loader", url.as_str()),
        None => Check::warn(
            "page.loader",
            "the page's HTML has no script tag of aftercart.js",
            "add it, unless a script of the page does",
        ),
    }
}

fn element_check(endpoint: Option<&Url>, ours: &str) -> Check {
    const NAME: &str = "page.element";
    match endpoint {
        None => Check::warn(
            NAME,
            "the page's HTML has no <aftercart-offer>",
            "add it, unless a script of the page does",
        ),
        Some(url) if url.as_str().trim_end_matches('/') == ours => Check::ok(NAME, format!("asks {url}")),
        Some(url) => Check::warn(
            NAME,
            format!("asks {url}, while public_url makes it {ours}"),
            "set `endpoint`, unless that address leads to this server too",
        ),
    }
}
