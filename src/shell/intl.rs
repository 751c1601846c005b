//! The browser's `Intl`, for backends that send no display texts; and the words that a backend sent.

use crate::i18n::{LocaleFormat, Plural, Words};
use aftercart_contract::{Currency, Money};
use js_sys::{Array, Function, Object, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The conventions of one locale; an unknown tag falls back to the browser's own language.
pub(super) struct BrowserFormat {
    locales: Array,
    /// The last one made. To make one takes a browser milliseconds, and a card is in one currency.
    money: RefCell<Option<(Currency, JsValue)>>,
    words: RefCell<Rc<Words>>,
}

impl BrowserFormat {
    pub(super) fn new(locale: Option<&str>) -> Self {
        let locales = locale.map(JsValue::from).into_iter().collect();
        Self { locales, money: RefCell::default(), words: RefCell::default() }
    }

    /// Keeps the words that an answer brought, for everything that is said from here on.
    pub(super) fn hear(&self, words: Words) {
        self.words.replace(Rc::new(words));
    }

    /// `new Intl[name](locales, options)`, again without the locale where the tag is malformed.
    fn formatter(&self, name: &str, options: &Object) -> Option<JsValue> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let class: Function = Reflect::get(&intl, &name.into()).ok()?.dyn_into().ok()?;
        let with = |locales: &JsValue| Reflect::construct(&class, &Array::of2(locales, options)).ok();
        with(&self.locales).or_else(|| with(&JsValue::UNDEFINED))
    }
}

impl BrowserFormat {
    fn money_in(&self, currency: Currency) -> Option<JsValue> {
        let (code, places) = (currency.code(), u32::from(currency.exponent()));
        let options = Object::new();
        let settings: [(&str, JsValue); 4] = [
            ("style", "currency".into()),
            ("currency", code.into()),
            ("minimumFractionDigits", places.into()),
            ("maximumFractionDigits", places.into()),
        ];
        for (name, value) in &settings {
            let _ = Reflect::set(&options, &(*name).into(), value);
        }
        self.formatter("NumberFormat", &options)
    }
}

impl LocaleFormat for BrowserFormat {
    fn money(&self, money: Money) -> String {
        let decimal = money.to_decimal();
        let mut known = self.money.borrow_mut();
        if !matches!(&*known, Some((currency, _)) if *currency == money.currency) {
            *known = self.money_in(money.currency).map(|formatter| (money.currency, formatter));
        }
        let written =
            known.as_ref().and_then(|(_, formatter)| call(formatter, "format", &decimal.as_str().into()));
        written.unwrap_or_else(|| [money.currency.code(), " ", &decimal].concat())
    }

    fn date(&self, rfc3339: &str) -> String {
        let options = Object::new();
        let _ = Reflect::set(&options, &"dateStyle".into(), &"long".into());
        let date = js_sys::Date::new(&rfc3339.into());
        self.formatter("DateTimeFormat", &options)
            .and_then(|formatter| call(&formatter, "format", &date))
            .unwrap_or_else(|| rfc3339.get(..10).unwrap_or(rfc3339).to_owned())
    }

    fn plural(&self, count: u16) -> Plural {
        let chosen = self
            .formatter("PluralRules", &Object::new())
            .and_then(|rules| call(&rules, "select", &count.into()));
        if chosen.as_deref() == Some("one") { Plural::One } else { Plural::Other }
    }

    fn words(&self) -> Rc<Words> {
        self.words.borrow().clone()
    }
}

fn call(formatter: &JsValue, method: &str, argument: &JsValue) -> Option<String> {
    let method: Function = Reflect::get(formatter, &method.into()).ok()?.dyn_into().ok()?;
    method.call1(formatter, argument).ok()?.as_string()
}
