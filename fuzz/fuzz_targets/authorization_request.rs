//! The query of the authorization endpoint: no panic; a refusal goes to the address that was read, with the state as given.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth::authorization_request::Incoming;

fuzz_target!(|query: &[u8]| {
    let Ok(incoming) = Incoming::read(form_urlencoded::parse(query)) else { return };
    let client = incoming.client_id().to_owned();
    let address = incoming.redirect_uri().to_owned();
    match incoming.validate() {
        Ok(request) => {
            assert_eq!(request.client_id, client);
            assert_eq!(request.reply_to.redirect_uri, address);
        }
        Err(refusal) => assert_eq!(refusal.reply_to.redirect_uri, address),
    }
});
