//! Calls of the C library that this program answers itself, so that nothing in an engine process
//! reaches the network or the spill folder unasked.
//!
//! DuckDB's locks do not know the network, and its extensions bring HTTP clients of their own. But
//! all of them connect through the C library. The programs of this repository define these few
//! functions and export them, and the dynamic linker takes a program's own symbols before those of
//! any library, also for libraries that are loaded later. So one check stands before every
//! connection, whichever client, redirect, spelling of an address or answer of a name server led
//! to it. In a process that is no engine they only pass the call on.
//!
//! This is the second module with `unsafe` (the other is `ffi`): functions with C's signatures
//! take C's pointers. What is allowed is decided elsewhere, in [`super::network`] and
//! [`super::spilled`], without any.
#![expect(
    unsafe_code,
    reason = "functions with the signatures of the C library; each block says why it holds"
)]

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;

use libc::{addrinfo, mmsghdr, msghdr, size_t, sockaddr, socklen_t, ssize_t};

use super::interrupt::{Interrupts, Refusal};
use super::network::{Network, Verdict};
use super::spilled::Spilled;

/// The policy of this process; empty in every process that is no engine.
static GUARD: OnceLock<Guard> = OnceLock::new();

#[derive(Debug)]
struct Guard {
    network: Network,
    spilled: Spilled,
    interrupts: Interrupts,
}

/// Puts the policy in force for this process, for ever.
///
/// # Errors
/// The linker of this program did not export the functions, so libraries would not call them.
pub(crate) fn arm(
    network: Network,
    spilled: Spilled,
    interrupts: Interrupts,
) -> Result<(), &'static str> {
    let ours: [(&CStr, *const c_void); 11] = [
        (c"connect", connect as *const c_void),
        (c"sendto", sendto as *const c_void),
        (c"sendmsg", sendmsg as *const c_void),
        (c"sendmmsg", sendmmsg as *const c_void),
        (c"getaddrinfo", getaddrinfo as *const c_void),
        (c"open", open as *const c_void),
        (c"open64", open64 as *const c_void),
        (c"fopen", fopen as *const c_void),
        (c"fopen64", fopen64 as *const c_void),
        (c"opendir", opendir as *const c_void),
        (c"mkdir", mkdir as *const c_void),
    ];
    for (name, address) in ours {
        // SAFETY: the name is NUL-terminated; the result is only compared.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        if !std::ptr::eq(found, address) {
            return Err("this program was linked without its network guard");
        }
    }
    let guard = Guard {
        network,
        spilled,
        interrupts,
    };
    GUARD
        .set(guard)
        .map_err(|_| "the network guard is already in force")
}

/// Says whether this process holds keys of the deployment, see [`Network::hold_keys`].
pub(crate) fn hold_keys(holds: bool) {
    if let Some(guard) = GUARD.get() {
        guard.network.hold_keys(holds);
    }
}

/// The C library's own function of this name.
fn next(name: &'static CStr, slot: &'static OnceLock<usize>) -> *mut c_void {
    let address = slot.get_or_init(|| {
        // SAFETY: the name is NUL-terminated.
        unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) }.addr()
    });
    std::ptr::with_exposed_provenance_mut(*address)
}

fn set_errno(value: c_int) {
    // SAFETY: the C library gives each thread a valid place for it.
    unsafe { *libc::__errno_location() = value };
}

/// Whom an address names; `None`: a family that reaches no other machine by address.
///
/// # Safety
/// `address` points to `length` readable bytes.
unsafe fn read_address(address: *const sockaddr, length: socklen_t) -> Option<(c_int, SocketAddr)> {
    let length = usize::try_from(length).unwrap_or(0);
    if address.is_null() || length < size_of::<libc::sa_family_t>() {
        return None;
    }
    // SAFETY: the family is within the readable bytes; they may be unaligned.
    let family = c_int::from(unsafe { (&raw const (*address).sa_family).read_unaligned() });
    let unspecified = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    match family {
        libc::AF_INET if length >= size_of::<libc::sockaddr_in>() => {
            // SAFETY: the length was compared.
            let found = unsafe { address.cast::<libc::sockaddr_in>().read_unaligned() };
            let ip = Ipv4Addr::from(u32::from_be(found.sin_addr.s_addr));
            Some((
                family,
                SocketAddr::new(IpAddr::V4(ip), u16::from_be(found.sin_port)),
            ))
        }
        // The kernel takes an address without its last field, the scope.
        libc::AF_INET6 if length >= size_of::<libc::sockaddr_in6>() - 4 => {
            let mut found: libc::sockaddr_in6 = {
                // SAFETY: all zeroes is a valid value of this plain structure.
                unsafe { std::mem::zeroed() }
            };
            let known = length.min(size_of::<libc::sockaddr_in6>());
            // SAFETY: both places have `known` bytes and do not overlap.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    address.cast::<u8>(),
                    (&raw mut found).cast::<u8>(),
                    known,
                );
            }
            let ip = Ipv6Addr::from(found.sin6_addr.s6_addr);
            Some((
                family,
                SocketAddr::new(IpAddr::V6(ip), u16::from_be(found.sin6_port)),
            ))
        }
        _ => Some((family, unspecified)),
    }
}

fn is_datagram(socket: c_int) -> bool {
    let mut kind: c_int = 0;
    let mut length = socklen_t::try_from(size_of::<c_int>()).unwrap_or(4);
    // SAFETY: the places have the sizes that are told.
    let state = unsafe {
        libc::getsockopt(
            socket,
            libc::SOL_SOCKET,
            libc::SO_TYPE,
            (&raw mut kind).cast(),
            &raw mut length,
        )
    };
    state == 0 && kind == libc::SOCK_DGRAM
}

/// Whether this process may send anything to an address.
///
/// # Safety
/// `address` is null or points to `length` readable bytes.
unsafe fn may_reach(socket: c_int, address: *const sockaddr, length: socklen_t) -> bool {
    let Some(guard) = GUARD.get() else {
        return true;
    };
    // SAFETY: the caller's promise.
    let Some((family, to)) = (unsafe { read_address(address, length) }) else {
        // What is no address, the kernel refuses.
        return true;
    };
    match family {
        // Takes a connection back, reaches nobody.
        libc::AF_UNSPEC => true,
        libc::AF_INET | libc::AF_INET6 => {
            if is_datagram(socket) {
                return guard.network.check_datagram(to);
            }
            match guard.network.check(to) {
                Verdict::Allowed => true,
                Verdict::Denied(refused) => {
                    guard.interrupts.refuse(Refusal::Network(refused));
                    false
                }
            }
        }
        _ => false,
    }
}

/// See connect(2).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn connect(
    socket: c_int,
    address: *const sockaddr,
    length: socklen_t,
) -> c_int {
    // SAFETY: the caller keeps the C library's contract.
    if !unsafe { may_reach(socket, address, length) } {
        set_errno(libc::EACCES);
        return -1;
    }
    // SAFETY: the same arguments, for the kernel.
    let state = unsafe { libc::syscall(libc::SYS_connect, socket, address, length) };
    c_int::try_from(state).unwrap_or(-1)
}

/// See sendto(2). With an address it may also open a connection.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sendto(
    socket: c_int,
    data: *const c_void,
    bytes: size_t,
    flags: c_int,
    address: *const sockaddr,
    length: socklen_t,
) -> ssize_t {
    // SAFETY: the caller keeps the C library's contract.
    if !address.is_null() && !unsafe { may_reach(socket, address, length) } {
        set_errno(libc::EACCES);
        return -1;
    }
    // SAFETY: the same arguments, for the kernel.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_sendto,
            socket,
            data,
            bytes,
            flags,
            address,
            length,
        )
    };
    ssize_t::try_from(sent).unwrap_or(-1)
}

/// See sendmsg(2).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sendmsg(
    socket: c_int,
    message: *const msghdr,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the caller keeps the C library's contract.
    if !message.is_null() && !unsafe { message_may_go(socket, &*message) } {
        set_errno(libc::EACCES);
        return -1;
    }
    // SAFETY: the same arguments, for the kernel.
    let sent = unsafe { libc::syscall(libc::SYS_sendmsg, socket, message, flags) };
    ssize_t::try_from(sent).unwrap_or(-1)
}

/// # Safety
/// The message's name is null or points to as many bytes as it says.
unsafe fn message_may_go(socket: c_int, message: &msghdr) -> bool {
    message.msg_name.is_null()
        // SAFETY: the caller's promise.
        || unsafe { may_reach(socket, message.msg_name.cast(), message.msg_namelen) }
}

/// See sendmmsg(2).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn sendmmsg(
    socket: c_int,
    messages: *mut mmsghdr,
    count: libc::c_uint,
    flags: c_int,
) -> c_int {
    for index in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: the caller gives `count` messages.
        let goes = unsafe { message_may_go(socket, &(*messages.add(index)).msg_hdr) };
        if !goes {
            set_errno(libc::EACCES);
            return -1;
        }
    }
    // SAFETY: the same arguments, for the kernel.
    let sent = unsafe { libc::syscall(libc::SYS_sendmmsg, socket, messages, count, flags) };
    c_int::try_from(sent).unwrap_or(-1)
}

type GetAddrInfo = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const addrinfo,
    *mut *mut addrinfo,
) -> c_int;

/// See getaddrinfo(3). Notes which addresses an allowed name has.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    found: *mut *mut addrinfo,
) -> c_int {
    static NEXT: OnceLock<usize> = OnceLock::new();
    let real = next(c"getaddrinfo", &NEXT);
    if real.is_null() {
        return libc::EAI_FAIL;
    }
    // SAFETY: the C library's function of this name has this type.
    let real = unsafe { std::mem::transmute::<*mut c_void, GetAddrInfo>(real) };
    let guarded = GUARD.get().filter(|_| !node.is_null()).map(|guard| {
        // SAFETY: a node that is not null is NUL-terminated.
        (guard, unsafe { CStr::from_ptr(node) })
    });
    if let Some((guard, name)) = guarded
        && let Verdict::Denied(refused) = guard.network.check_name(name.to_bytes())
    {
        guard.interrupts.refuse(Refusal::Network(refused));
        return libc::EAI_FAIL;
    }
    // SAFETY: the same arguments.
    let state = unsafe { real(node, service, hints, found) };
    if let Some((guard, name)) = guarded
        && state == 0
    {
        // SAFETY: on success `found` holds a list that ends with null, and lives on.
        let mut entry = unsafe { *found };
        let mut addresses = Vec::new();
        while !entry.is_null() {
            // SAFETY: an entry of the list; its address has the length it says.
            let (address, rest) = unsafe {
                (
                    read_address((*entry).ai_addr, (*entry).ai_addrlen),
                    (*entry).ai_next,
                )
            };
            if let Some((libc::AF_INET | libc::AF_INET6, address)) = address {
                addresses.push(address.ip());
            }
            entry = rest;
        }
        guard.network.note_addresses(name.to_bytes(), &addresses);
    }
    state
}

/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn may_open(path: *const c_char, flags: c_int) -> bool {
    let Some(guard) = GUARD.get() else {
        return true;
    };
    if path.is_null() {
        return true;
    }
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(path) };
    let allowed = guard.spilled.may_open(path, flags);
    if !allowed {
        guard.interrupts.refuse(Refusal::Spilled);
    }
    allowed
}

/// See open(2). It takes its third argument only with some flags, in the place where a third
/// argument always is on the machines we build for (x86-64 and AArch64 with Linux).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn open(
    path: *const c_char,
    flags: c_int,
    mode: libc::mode_t,
) -> c_int {
    // SAFETY: the caller keeps the C library's contract.
    if !unsafe { may_open(path, flags) } {
        set_errno(libc::EACCES);
        return -1;
    }
    // SAFETY: the same arguments, for the kernel, which looks at the mode only with the same flags.
    let file = unsafe {
        libc::syscall(
            libc::SYS_openat,
            libc::AT_FDCWD,
            path,
            flags,
            c_long::from(mode),
        )
    };
    c_int::try_from(file).unwrap_or(-1)
}

/// See open(2): on machines of 64 bits it is the same.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn open64(
    path: *const c_char,
    flags: c_int,
    mode: libc::mode_t,
) -> c_int {
    // SAFETY: the caller keeps the C library's contract.
    unsafe { open(path, flags, mode) }
}

type Fopen = unsafe extern "C" fn(*const c_char, *const c_char) -> *mut libc::FILE;

/// See fopen(3).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fopen(path: *const c_char, mode: *const c_char) -> *mut libc::FILE {
    static NEXT: OnceLock<usize> = OnceLock::new();
    let real = next(c"fopen", &NEXT);
    // DuckDB spills through open; no stream has business in that folder.
    // SAFETY: the caller keeps the C library's contract.
    if real.is_null() || !unsafe { may_open(path, libc::O_RDONLY) } {
        set_errno(libc::EACCES);
        return std::ptr::null_mut();
    }
    // SAFETY: the C library's function of this name has this type; the same arguments.
    unsafe { std::mem::transmute::<*mut c_void, Fopen>(real)(path, mode) }
}

/// See fopen(3): on machines of 64 bits it is the same.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fopen64(
    path: *const c_char,
    mode: *const c_char,
) -> *mut libc::FILE {
    // SAFETY: the caller keeps the C library's contract.
    unsafe { fopen(path, mode) }
}

type Opendir = unsafe extern "C" fn(*const c_char) -> *mut libc::DIR;

/// See opendir(3).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn opendir(path: *const c_char) -> *mut libc::DIR {
    static NEXT: OnceLock<usize> = OnceLock::new();
    let real = next(c"opendir", &NEXT);
    let refused = GUARD.get().filter(|guard| {
        // SAFETY: a path that is not null is NUL-terminated.
        !path.is_null() && !guard.spilled.may_list(unsafe { CStr::from_ptr(path) })
    });
    if let Some(guard) = refused {
        guard.interrupts.refuse(Refusal::Spilled);
    }
    if real.is_null() || refused.is_some() {
        set_errno(libc::EACCES);
        return std::ptr::null_mut();
    }
    // SAFETY: the C library's function of this name has this type; the same argument.
    unsafe { std::mem::transmute::<*mut c_void, Opendir>(real)(path) }
}

/// See mkdir(2).
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn mkdir(path: *const c_char, mode: libc::mode_t) -> c_int {
    let refused = GUARD.get().filter(|guard| {
        // SAFETY: a path that is not null is NUL-terminated.
        !path.is_null() && !guard.spilled.may_make(unsafe { CStr::from_ptr(path) })
    });
    if let Some(guard) = refused {
        guard.interrupts.refuse(Refusal::Spilled);
        set_errno(libc::EACCES);
        return -1;
    }
    // SAFETY: the same arguments, for the kernel.
    let state =
        unsafe { libc::syscall(libc::SYS_mkdirat, libc::AT_FDCWD, path, c_long::from(mode)) };
    c_int::try_from(state).unwrap_or(-1)
}
