//! What a screen reader finds: the tree of roles and names, compared with the one that was looked at and committed.
//!
//! A change that was meant: `AFTERCART_RECORD=1 cargo xtask test --only accessibility`, and read the difference in git.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use aftercart_e2e::{Browser, Scene, Screen, Stage, situation};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// The situations whose trees are kept.
const KEPT: [&str; 6] = ["offer", "choice", "upgrade", "trial", "waiting", "failed"];

#[tokio::test]
async fn the_trees_are_those_that_were_looked_at() -> Result<()> {
    let stage = Stage::start(0).await?;
    let browser = Browser::start(Screen::Desktop).await?;
    let is_recording = std::env::var_os("AFTERCART_RECORD").is_some();
    let mut differences = String::new();
    for name in KEPT {
        browser.watch(&stage, situation(name).context(name)?, &Scene::default()).await?;
        let tree = tree(&browser).await?;
        ensure!(tree.lines().count() > 2, "an empty tree would be equal to anything: {tree}");
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/accessibility/trees/{name}.txt"));
        if is_recording {
            std::fs::write(&file, &tree)?;
        }
        let kept = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        differences.push_str(&difference(name, &kept, &tree));
    }
    assert!(differences.is_empty(), "the tree has changed (- kept, + now)\n{differences}");
    Ok(())
}

/// Role, name and what matters of the state, a line each, indented by depth.
async fn tree(browser: &Browser) -> Result<String> {
    browser.devtools("Accessibility.enable", json!({})).await?;
    let answer = browser.devtools("Accessibility.getFullAXTree", json!({})).await?;
    let nodes = answer.get("nodes").and_then(Value::as_array).context("nodes")?;
    let id = |node: &Value| node.get("nodeId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let by_id: HashMap<String, &Value> = nodes.iter().map(|node| (id(node), node)).collect();
    let root = nodes.first().context("a root")?;
    let mut lines = String::new();
    write_node(root, &by_id, 0, "", &mut lines);
    Ok(lines)
}

fn write_node(node: &Value, by_id: &HashMap<String, &Value>, depth: usize, parent: &str, lines: &mut String) {
    let text =
        |field: &str| node.pointer(&format!("/{field}/value")).and_then(Value::as_str).unwrap_or_default();
    let (role, name) = (text("role"), text("name").replace('\u{a0}', " "));
    // What is only there to hold others is passed over, and so are the pieces that a text is drawn with.
    let is_ignored = node.get("ignored") == Some(&Value::Bool(true));
    // So is a text that is its parent's name already.
    let is_named = role == "StaticText" && name == parent;
    let is_silent =
        is_ignored || is_named || matches!(role, "generic" | "none" | "InlineTextBox" | "ListMarker");
    if !is_silent {
        let indent = "  ".repeat(depth);
        let _ = write!(lines, "{indent}{role}");
        if !name.is_empty() {
            let _ = write!(lines, " “{name}”");
        }
        let _ = writeln!(lines, "{}", states(node));
    }
    let depth = if is_silent { depth } else { depth + 1 };
    let children = node.get("childIds").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for child in children.iter().filter_map(|id| by_id.get(id.as_str()?)) {
        let parent = if is_silent { parent } else { &name };
        write_node(child, by_id, depth, parent, lines);
    }
}

/// The states that a screen reader says.
fn states(node: &Value) -> String {
    const SAID: [&str; 7] = ["checked", "disabled", "invalid", "level", "live", "modal", "valuemax"];
    let properties = node.get("properties").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let said = properties.iter().filter_map(|property| {
        let name = property.get("name")?.as_str()?;
        let value = property.pointer("/value/value")?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_said = SAID.contains(&name) && !(name == "invalid" && value == "false");
        is_said.then(|| format!(" {name}={value}"))
    });
    said.collect()
}

/// The lines that are only in one of two texts, in order.
fn difference(name: &str, kept: &str, now: &str) -> String {
    if kept == now {
        return String::new();
    }
    let (kept, now): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let same_start = kept.iter().zip(&now).take_while(|(one, other)| one == other).count();
    let rest = |lines: &[&str]| lines.iter().skip(same_start).map(ToString::to_string).collect::<Vec<_>>();
    let (kept, now) = (rest(&kept), rest(&now));
    let same_end = kept.iter().rev().zip(now.iter().rev()).take_while(|(one, other)| one == other).count();
    let middle = |lines: &[String], sign: &str| -> String {
        lines
            .iter()
            .take(lines.len().saturating_sub(same_end))
            .map(|line| format!("{sign} {line}\n"))
            .collect()
    };
    format!("{name}.txt, from line {}:\n{}{}", same_start + 1, middle(&kept, "-"), middle(&now, "+"))
}
