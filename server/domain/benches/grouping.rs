//! How long making rooms takes: everyday size, ten times that, and searches that cannot succeed.

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::{Criterion, criterion_group, criterion_main};
use engawa_domain::grouping::{History, Member, Problem, Way, propose, quality};

fn roster(people: u32, team_size: u32) -> Vec<Member> {
    (0..people).map(|person| Member { person, team: Some(person / team_size) }).collect()
}

fn mixed(room_size: u32) -> Way {
    Way::Mixed { room_size: NonZeroU32::new(room_size).unwrap_or(NonZeroU32::MIN) }
}

/// The history after so many rounds made in this way.
fn played(people: &[Member], rounds: u32, way: &Way) -> History {
    let mut history = History::new();
    for round in 0..rounds {
        let proposal = propose(&Problem::new(people.iter().copied(), &history, u64::from(round)), way);
        history.add_round(&proposal.rooms);
    }
    history
}

fn grouping(criterion: &mut Criterion) {
    let three = NonZeroU32::MIN.saturating_add(2);
    let partners = Way::Partners { teams_per_room: three };
    let cafe =
        |round_index| Way::WorldCafe { table_size: three.saturating_add(1), round_index, hosts: Vec::new() };
    // (name, people, team size, way of the rounds before, their number, way)
    let cases = [
        ("mixed by 6, 300 people, 6 rounds before", 300, 3, mixed(6), 6, mixed(6)),
        ("mixed by 6, 3000 people, 6 rounds before", 3_000, 3, mixed(6), 6, mixed(6)),
        ("mixed by 6, 30000 people, 6 rounds before", 30_000, 3, mixed(6), 6, mixed(6)),
        // Nearly every stranger was met: 20 rounds by 6 of 300 people are 100 others each.
        ("mixed by 6, 300 people, 20 rounds before", 300, 3, mixed(6), 20, mixed(6)),
        // Repeats cannot be avoided: each room takes in several from each room before.
        ("mixed by 60, 300 people, 6 rounds before", 300, 3, mixed(60), 6, mixed(60)),
        ("mixed by 100, 3000 people, 6 rounds before", 3_000, 3, mixed(100), 6, mixed(100)),
        ("mixed by 1500, 3000 people, 6 rounds before", 3_000, 3, mixed(1_500), 6, mixed(1_500)),
        ("partners by 3, 300 people, 6 mixed rounds before", 300, 3, mixed(6), 6, partners.clone()),
        ("partners by 3, 3000 people, 6 mixed rounds before", 3_000, 3, mixed(6), 6, partners),
        ("cafe by 4, 300 people, 6 mixed rounds before", 300, 3, mixed(6), 6, cafe(0)),
        ("cafe by 4, 3000 people, round 5", 3_000, 3, mixed(6), 0, cafe(5)),
        ("by team, 3000 people, 6 rounds before", 3_000, 3, mixed(6), 6, Way::ByTeam),
    ];
    let mut group = criterion.benchmark_group("grouping");
    group.sample_size(10);
    for (name, people, team_size, way_before, rounds_before, way) in cases {
        let people = roster(people, team_size);
        let history = played(&people, rounds_before, &way_before);
        let problem = Problem::new(people, &history, 99);
        let proposal = propose(&problem, &way);
        eprintln!("{name}: {:?}", proposal.quality);
        group.bench_function(name, |bencher| bencher.iter(|| propose(black_box(&problem), black_box(&way))));
        if name.starts_with("mixed by 6, 3000 ") {
            group.bench_function("quality, 3000 people, 6 rounds before", |bencher| {
                bencher.iter(|| quality(black_box(&problem), black_box(&proposal.rooms)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, grouping);
criterion_main!(benches);
