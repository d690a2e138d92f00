//! Who may take over: whoever could read all of the earlier meeting anyway, and coordinates the one that takes over.

use engawa_protocol::Role;
use engawa_protocol::command::RevokeLinks;
use engawa_protocol::{LinkTarget, PersonId};
use engawa_server::auth::LinkGrant;
use serde_json::json;

use super::{Two, post};
use crate::support::venue::ADMIN_KEY;

#[tokio::test]
async fn ht50_only_a_coordinator_of_both_or_the_operator() {
    let mut two = Two::new().await;
    let helper = two.venue.invite("集計A", Role::Secretariat).await;
    let (meeting, earlier) = (two.venue.meeting, two.earlier);
    let sign = |grant: LinkGrant| two.venue.state.keys.sign(&grant).expose().to_owned();
    let secretariat = sign(LinkGrant::personal(meeting, Role::Secretariat, helper, 0));
    let shared = sign(LinkGrant::shared(earlier, Role::Participant, 0));
    let stranger = sign(LinkGrant::personal(earlier, Role::Coordinator, PersonId(9), 0));
    let (own, former) = (two.coordinator(), two.token(earlier, 1));
    let link = |token: &str| json!({"earlier_link": token});
    let cases = [
        // Who asks.
        ("", link(&former), 401, "unauthorised"),
        ("nonsense", link(&former), 401, "unauthorised"),
        (&secretariat, link(&former), 403, "forbidden"),
        (&former, link(&former), 404, "not_found"),
        // What is known of the earlier meeting.
        (&own, json!({}), 422, "invalid"),
        (&own, json!({"earlier_meeting": earlier}), 403, "forbidden"),
        (&own, link("nonsense"), 403, "earlier_link_refused"),
        (&own, link(&shared), 403, "earlier_link_refused"),
        (&own, link(&stranger), 403, "earlier_link_refused"),
        (&own, link(ADMIN_KEY), 403, "earlier_link_refused"),
        (&own, link(&own), 422, "follows_itself"),
        (&own, link(&format!("  http://a/j#{former} ")), 200, ""),
        (ADMIN_KEY, json!({"earlier_meeting": earlier}), 200, ""),
        (ADMIN_KEY, json!({"earlier_meeting": meeting}), 422, "follows_itself"),
        (ADMIN_KEY, json!({"earlier_meeting": "00000000-0000-0000-0000-000000000001"}), 410, "gone"),
    ];
    for (bearer, body, status, code) in cases {
        for end in ["follow/preview", "follow"] {
            let path = format!("/api/meetings/{meeting}/{end}");
            let (answered, said) = post(&two.venue, &path, bearer, &body).await;
            let told = said["error"]["code"].as_str().unwrap_or_default();
            assert_eq!((answered.as_u16(), told), (status, code), "{end} {body}");
        }
    }
    // A link that is revoked hands nothing on, whatever it opened once.
    two.earlier(async |venue| {
        venue.ask(RevokeLinks { target: LinkTarget::Person { person: PersonId(1) } }).await;
    })
    .await;
    let path = format!("/api/meetings/{meeting}/follow");
    let (status, said) = post(&two.venue, &path, &own, &link(&former)).await;
    assert_eq!((status.as_u16(), said["error"]["code"].as_str()), (403, Some("earlier_link_refused")));
}
