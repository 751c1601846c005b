//! Does one source expression of a policy match an address? (CSP3, 6.7.2)

use reqwest::Url;

/// True when the source lets a page at `page` load `url`. Nonces, hashes and other keywords match no address.
pub(super) fn matches(source: &str, url: &Url, page: &Url) -> bool {
    match source.to_ascii_lowercase().as_str() {
        "*" => matches!(url.scheme(), "http" | "https") || url.scheme() == page.scheme(),
        "'self'" => url.origin() == page.origin() || is_upgrade_of(page, url),
        word if word.starts_with('\'') => false,
        word => match word.strip_suffix(':') {
            Some(scheme) => scheme_matches(scheme, url.scheme()),
            None => host_matches(source, url, page),
        },
    }
}

/// The same host on https instead of http, both on their usual ports.
fn is_upgrade_of(page: &Url, url: &Url) -> bool {
    page.host() == url.host()
        && page.port().is_none()
        && url.port().is_none()
        && scheme_matches(page.scheme(), url.scheme())
}

fn scheme_matches(allowed: &str, scheme: &str) -> bool {
    allowed == scheme || (allowed == "http" && scheme == "https")
}

/// `[scheme://]host[:port][/path]`
fn host_matches(source: &str, url: &Url, page: &Url) -> bool {
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => (page.scheme().to_owned(), source),
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port == "*" || port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, Some(port))
        }
        _ => (authority, None),
    };
    scheme_matches(&scheme, url.scheme())
        && url.host_str().is_some_and(|known| name_matches(&host.to_ascii_lowercase(), known))
        && port_matches(port, url)
        && path_matches(path, url.path())
}

fn name_matches(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix('*') {
        Some("") => true,
        Some(end) => host.ends_with(end) && host.len() > end.len(),
        None => allowed == host,
    }
}

fn port_matches(allowed: Option<&str>, url: &Url) -> bool {
    match allowed {
        None => url.port().is_none(),
        Some("*") => true,
        // An http source on port 80 covers https on 443.
        Some("80") if url.scheme() == "https" => url.port().is_none() || url.port() == Some(80),
        Some(port) => url.port_or_known_default().is_some_and(|known| known.to_string() == port),
    }
}

/// A path that ends in a slash covers all below it; another is one file.
fn path_matches(allowed: &str, path: &str) -> bool {
    match allowed {
        "" => true,
        folder if folder.ends_with('/') => path.starts_with(folder),
        file => path == file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, url: &str, expected: bool) {
        let page = Url::parse("https://shop.example/thanks").unwrap();
        assert_eq!(matches(source, &Url::parse(url).unwrap(), &page), expected, "{source} {url}");
    }

    #[test]
    fn hosts_match_by_name_port_and_path() {
        check("pay.example", "https://pay.example/a.js", true);
        check("PAY.example", "https://pay.example/a.js", true);
        check("pay.example", "https://pay.example:8443/a.js", false);
        check("pay.example:8443", "https://pay.example:8443/a.js", true);
        check("pay.example:443", "https://pay.example/a.js", true);
        check("pay.example:*", "https://pay.example:1/a.js", true);
        check("*.example", "https://pay.example/", true);
        check("*.pay.example", "https://pay.example/", false);
        check("http://pay.example", "https://pay.example/", true);
        check("http://pay.example:80", "https://pay.example/", true);
        check("pay.example", "http://pay.example/", false);
        check("https://pay.example/aftercart/", "https://pay.example/aftercart/a.js", true);
        check("https://pay.example/aftercart", "https://pay.example/aftercart/a.js", false);
        check("evil.example", "https://pay.example/", false);
        check("localhost:8080", "http://localhost:8080/", false);
    }

    #[test]
    fn keywords_and_schemes_match_what_they_say() {
        check("'self'", "https://shop.example/a.js", true);
        check("'self'", "https://pay.example/a.js", false);
        check("'none'", "https://shop.example/a.js", false);
        check("'nonce-abc'", "https://shop.example/a.js", false);
        check("*", "https://pay.example:9/a.js", true);
        check("*", "data:image/png,", false);
        check("https:", "https://pay.example/", true);
        check("http:", "https://pay.example/", true);
        check("https:", "http://pay.example/", false);
        check("data:", "data:image/png,", true);
    }

    #[test]
    fn a_page_on_http_may_load_itself_over_https() {
        let page = Url::parse("http://shop.example/").unwrap();
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(matches("'self'", &url("https://shop.example/a.js"), &page));
        assert!(matches("pay.example", &url("https://pay.example/"), &page));
        assert!(!matches("'self'", &url("https://shop.example:8443/"), &page));
    }
}
