//! Made-up looks, and a policy with who helps the partner.

use super::super::application::PolicyV2;
use super::super::look::{FlowV1, FlowV2, LogoPartV1, LookV1};
use super::values::{INSTITUTION, policy};
use super::{Sample, kept, plain};
use crate::domain::application::Policy;
use crate::domain::look::colour::Colour;
use crate::domain::look::flow::Flow;
use crate::domain::look::logo::{Format, Logo};
use crate::domain::look::palette::Palette;
use crate::domain::look::{Font, Greeting, Look, Radius};
use crate::store::codec;

pub(super) fn look() -> Look {
    Look {
        brand_name: Some("Quill & Daughters".into()),
        palette: Some(Palette {
            brand: Colour::of_parts([0x6b, 0x23, 0x47]),
            on: Colour::WHITE,
            night: Colour::of_parts([0xe1, 0xa3, 0xc2]),
        }),
        font: Font::Slab,
        radius: Radius::new(4).unwrap(),
        greeting: Greeting {
            title: Some("Welcome".into()),
            subtitle: Some("It takes a few minutes.".into()),
        },
        logo: None,
        flow: Flow::default(),
    }
}

pub(super) fn flow() -> Flow {
    Flow {
        skips_success: true,
        is_single: true,
        institutions: [INSTITUTION].into(),
        reference_name: Some("your broker".into()),
        manage_url: Some("https://example.test/sharing".into()),
        reissues_links: false,
    }
}

pub(super) fn reissuing_flow() -> Flow {
    Flow { reissues_links: true, ..flow() }
}

pub(super) fn logo() -> Logo {
    Logo {
        format: Format::Png,
        width: 90,
        height: 30,
        bytes: b"a picture"[..].into(),
        says_name: true,
        has_plate: false,
    }
}

pub(super) fn helped_policy() -> Policy {
    Policy { supporting_parties: vec!["Meadow Brokers".into()], ..policy() }
}

/// Each stored struct of these, once.
pub(super) fn samples() -> Vec<Sample> {
    vec![
        plain(0, &PolicyV2::from(&helped_policy())),
        plain(0, &LookV1::from(&look())),
        plain(0, &FlowV1::from(FlowV2::from(&flow()))),
        plain(0, &FlowV2::from(&reissuing_flow())),
        plain(0, &LogoPartV1::of(&logo())[0]),
    ]
}

#[test]
fn kept_looks_and_policies_are_what_they_were() {
    let (_, stored) = codec::decode::<LookV1>(&kept("LookV1")).unwrap();
    assert_eq!(Look::try_from(stored).unwrap(), look());
    let (_, part) = codec::decode::<LogoPartV1>(&kept("LogoPartV1")).unwrap();
    assert_eq!(LogoPartV1::join(&[part]), Ok(Some(logo())));
    for (name, expected) in [("FlowV1", flow()), ("FlowV2", reissuing_flow())] {
        assert_eq!(Flow::from(codec::decode::<FlowV2>(&kept(name)).unwrap().1), expected, "{name}");
    }
    for (name, expected) in [("PolicyV1", policy()), ("PolicyV2", helped_policy())] {
        let (_, stored) = codec::decode::<PolicyV2>(&kept(name)).unwrap();
        assert_eq!(Policy::try_from(stored).unwrap(), expected, "{name}");
    }
}
