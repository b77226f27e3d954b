//! Domains, as a person names, proves and gives them up.

use crate::graph::Role;
use crate::testing::name_server::publish;
use crate::testing::on_both_engines;

const DOMAINS: &str = "/portal/contoso.example/domains";

#[tokio::test]
async fn a_domain_is_named_proved_and_given_up_and_every_refusal_says_why() {
    on_both_engines(async |server| {
        let tenant = server.tenant("Contoso", "contoso.example").await;
        let ines = server.member(&tenant, "ines", &[Role::GlobalAdministrator]).await;
        let browser = server.signed_in(&ines).await;
        let name = format!("d{}.example", server.entropy.random_uuid().simple());
        for (typed, sentence) in [("no domain", "is not a domain name"), ("contoso.example", "has the domain already")]
        {
            browser.get(DOMAINS).await;
            let refused = browser.submit_to("/domains", &[("name", typed)]).await;
            assert_eq!(refused.status, 422, "{typed}");
            assert!(refused.text.contains(sentence), "{typed}: {}", refused.text);
        }
        browser.get(DOMAINS).await;
        let named = browser.submit_to("/domains", &[("name", &name)]).await;
        let record = named.text.split("vestibule-domain-verification=").nth(1).expect("the record");
        let record = format!("vestibule-domain-verification={}", &record[..32]);
        let early = browser.submit_to("/verify", &[]).await;
        assert_eq!(early.status, 422);
        assert!(early.text.contains("The DNS knows no"), "{}", early.text);
        publish(&name, &record);
        browser.get(DOMAINS).await;
        let proved = browser.submit_to("/verify", &[]).await;
        assert!(proved.text.contains("The domain was proved."), "{}", proved.text);
        assert!(!proved.text.contains(&record), "what is proved needs no record");
        let gone = browser.submit_to("/remove", &[]).await;
        assert!(gone.text.contains("The domain was given up.") && !gone.text.contains(&name), "{}", gone.text);
    })
    .await;
}
