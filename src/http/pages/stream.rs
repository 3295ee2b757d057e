//! What a browser that listens for progress is sent (server-sent events). Each event holds the whole
//! part of the hub that changes, so that whatever was lost on the way is made good by the next one.
//! Must not know: who listens, when something changed.

use super::view::Live;
use askama::Template;

/// How soon a browser opens a broken stream again; sent first.
pub const OPENING: &str = "retry: 2000\n\n";

/// Says that the stream still stands; browsers skip it.
pub const BEAT: &str = ": here\n\n";

/// How the banks stand, as an event; none when it does not render.
pub fn event(live: &Live) -> Option<String> {
    let html = live.render().ok()?;
    let mut text = String::from("event: live\n");
    // A lone carriage return would end a line of the stream, too.
    for line in html.split(['\n', '\r']) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    Some(text)
}

/// Nothing can change here any more: the browser loads the page again, which says why.
pub const OVER: &str = "event: live\ndata:\n\n";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pages::view::{ConnectPage, Page};

    #[test]
    fn an_event_is_one_block_that_reads_as_the_page_does() {
        for page in ConnectPage::samples() {
            let (event, html) = (event(&page.live).unwrap(), page.live.render().unwrap());
            let (block, rest) = event.split_once("\n\n").unwrap();
            assert_eq!(rest, "", "an empty line inside ends an event too soon");
            let lines: Vec<&str> = block.lines().collect();
            assert_eq!(lines[0], "event: live");
            let read: Vec<&str> =
                lines[1..].iter().map(|line| line.strip_prefix("data: ").unwrap()).collect();
            assert_eq!(read.join("\n"), html);
            assert!(page.render().unwrap().contains(html.as_str()), "the page holds the same");
        }
    }
}
