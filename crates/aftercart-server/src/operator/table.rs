//! Text in columns, for a terminal.

use std::fmt;

/// Columns as wide as their longest cell, two blanks between them. What could steer a terminal is left out:
/// names come from Dodo, reasons from whoever typed them.
pub(super) fn table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or_default()).map(width).collect();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

/// One row of texts.
pub(super) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn plain(cell: &str) -> String {
    cell.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shown(Vec<Vec<String>>);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            table(f, &self.0)
        }
    }

    #[test]
    fn columns_line_up_and_nothing_steers_the_terminal() {
        let shown = Shown(vec![row(["AGE", "STATE", ""]), row(["2 h", "a\u{1b}[31m", "x"])]);
        assert_eq!(shown.to_string(), "AGE  STATE\n2 h  a [31m  x\n");
    }
}
