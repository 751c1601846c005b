//! The countries the page offers. The sandbox taxes the first six; see `core/tax.rs`.

/// Code and English name.
pub(super) const COUNTRIES: [(&str, &str); 16] = [
    ("US", "United States"),
    ("DE", "Germany"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("JP", "Japan"),
    ("KW", "Kuwait"),
    ("AU", "Australia"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("ES", "Spain"),
    ("IN", "India"),
    ("IT", "Italy"),
    ("NL", "Netherlands"),
    ("PL", "Poland"),
    ("SE", "Sweden"),
    ("SG", "Singapore"),
];
