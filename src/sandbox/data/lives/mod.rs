//! The lives of the persons of the sandbox (contract section 9.2). Every company in them is made up.
//! Must not know: days, balances.

mod households;
mod incomes;
mod singles;
mod wealth;
mod words;

use super::magic::Quirk;
use super::persona::Persona;
use super::plan::Plan;

/// The life of a person.
pub fn plan(persona: Persona) -> Plan {
    match persona {
        Persona::WentworthSmith => households::wentworth_smith(),
        Persona::Whistler => singles::whistler(),
        Persona::Gilfoyle => singles::gilfoyle(),
        Persona::GavinBelson => incomes::gavin_belson(),
        Persona::Jared => incomes::jared(),
        Persona::Richard => wealth::richard(),
        Persona::LaurieBream => wealth::laurie_bream(),
        Persona::AshMann => households::ash_mann(),
        Persona::Magic(magic) => match magic.quirk {
            Quirk::CoOwner => households::wentworth_smith(),
            Quirk::TwinCards => households::twin_cards(),
            _ => households::ash_mann(),
        },
    }
}
