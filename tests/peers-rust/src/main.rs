// SPDX-License-Identifier: BSD-2-Clause

//! peers-rust: one host of the other great libp2p, so that the gate meets quinn (connection IDs of 8 bytes, where quic-go
//! has 4) and a TCP transport that is not Go's.
//!
//! `peers-rust MULTIADDR…` listens there and dials from there. It speaks as `peers host` does (tests/peers/plain.go):
//! its peer ID first, then a line an event; on standard input it takes `dial MULTIADDR` and `close`.

use std::{error::Error, time::Duration};

use futures::StreamExt;
use libp2p::{
    core::ConnectedPoint,
    noise,
    swarm::{dial_opts::DialOpts, dummy, SwarmEvent},
    tcp, yamux, Multiaddr, Swarm, SwarmBuilder,
};
use tokio::io::{stdin, AsyncBufReadExt, BufReader, Lines, Stdin};

type Host = Swarm<dummy::Behaviour>;

/// Connections carry no protocol here: without this they would be closed at once.
const IDLE: Duration = Duration::from_secs(3600);

fn host() -> Result<Host, Box<dyn Error>> {
    Ok(SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_quic()
        .with_behaviour(|_| dummy::Behaviour)?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE))
        .build())
}

/// The way in, or out, with the other side's address.
fn way(endpoint: &ConnectedPoint) -> String {
    match endpoint {
        ConnectedPoint::Dialer { address, .. } => format!("outbound {address}"),
        ConnectedPoint::Listener { send_back_addr, .. } => format!("inbound {send_back_addr}"),
    }
}

fn tell<E>(event: SwarmEvent<E>) {
    match event {
        SwarmEvent::NewListenAddr { address, .. } => println!("listening {address}"),
        SwarmEvent::ConnectionEstablished { peer_id, endpoint, .. } => {
            println!("connected {} {peer_id}", way(&endpoint))
        }
        SwarmEvent::ConnectionClosed { peer_id, endpoint, .. } => println!("closed {} {peer_id}", way(&endpoint)),
        SwarmEvent::OutgoingConnectionError { error, .. } => {
            println!("failed {}", error.to_string().replace('\n', " "))
        }
        _ => {}
    }
}

fn obey(host: &mut Host, line: &str) {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match (verb, rest.parse::<Multiaddr>()) {
        ("dial", Ok(to)) => {
            if let Err(error) = host.dial(DialOpts::from(to)) {
                println!("failed {}", error.to_string().replace('\n', " "));
            }
        }
        ("close", _) => {
            let all: Vec<_> = host.connected_peers().copied().collect();
            for peer in all {
                let _ = host.disconnect_peer_id(peer);
            }
        }
        _ => eprintln!("peers-rust: not understood: {line}"),
    }
}

/// The next line; never, once there are no more: the host stays until it is ended.
async fn next(lines: &mut Lines<BufReader<Stdin>>) -> String {
    match lines.next_line().await {
        Ok(Some(line)) => line,
        _ => std::future::pending().await,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut host = host()?;
    println!("{}", host.local_peer_id());
    for at in std::env::args().skip(1) {
        host.listen_on(at.parse()?)?;
    }
    let mut lines = BufReader::new(stdin()).lines();
    loop {
        tokio::select! {
            event = host.select_next_some() => tell(event),
            line = next(&mut lines) => obey(&mut host, &line),
        }
    }
}
