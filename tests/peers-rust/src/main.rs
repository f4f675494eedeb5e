// SPDX-License-Identifier: BSD-2-Clause

//! peers-rust: one host of the other great libp2p, so that the gate meets quinn (connection IDs of 8 bytes, where quic-go
//! has 4) and a TCP transport that is not Go's.
//!
//! `peers-rust MULTIADDR…` listens there and dials from there. It speaks as `peers host` does (tests/peers/plain.go):
//! its peer ID first, then a line an event; on standard input it takes `dial MULTIADDR` and `close`.

use std::{error::Error, time::Duration};

use futures::{future::Either, StreamExt};
use libp2p::{
    core::{
        muxing::StreamMuxerBox,
        transport::{timeout::TransportTimeout, Boxed},
        upgrade::Version,
        ConnectedPoint,
    },
    identity::Keypair,
    noise, quic,
    swarm::{dial_opts::DialOpts, dummy, Config, SwarmEvent},
    tcp, yamux, Multiaddr, PeerId, Swarm, Transport,
};
use tokio::io::{stdin, AsyncBufReadExt, BufReader, Lines, Stdin};

type Host = Swarm<dummy::Behaviour>;

/// Connections carry no protocol here: without this they would be closed at once.
const IDLE: Duration = Duration::from_secs(3600);

/// For a dial, until it has failed.
const PATIENCE: Duration = Duration::from_millis(1500);

fn transport(key: &Keypair) -> Result<Boxed<(PeerId, StreamMuxerBox)>, Box<dyn Error>> {
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .upgrade(Version::V1)
        .authenticate(noise::Config::new(key)?)
        .multiplex(yamux::Config::default());
    let quic = quic::tokio::Transport::new(quic::Config::new(key));
    let both = quic.or_transport(tcp).map(|either, _| match either {
        Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
        Either::Right((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
    });
    Ok(TransportTimeout::with_outgoing_timeout(both, PATIENCE).boxed())
}

fn host() -> Result<Host, Box<dyn Error>> {
    let key = Keypair::generate_ed25519();
    let config = Config::with_tokio_executor().with_idle_connection_timeout(IDLE);
    Ok(Swarm::new(
        transport(&key)?,
        dummy::Behaviour,
        key.public().to_peer_id(),
        config,
    ))
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
