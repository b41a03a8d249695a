package io.aiproxy.app.doctor;

import io.aiproxy.app.doctor.Step.Verdict;
import io.aiproxy.app.doctor.Steps.Found;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Target;
import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Makes a connection to a channel as the gateway would, step by step: name, connection, egress proxy, TLS. */
final class Line {
    private final Hosts.Place place;
    private final Target target;
    private final Duration limit;
    private final Budget budget;
    private final Steps steps;
    private final Executor blocking;

    /**
     * @param place where it leads
     * @param limit the channel's own for connecting; 0: none
     */
    Line(Hosts.Place place, Duration limit, Budget budget, Steps steps, Executor blocking) {
        this.target = place.target();
        this.place = place;
        this.limit = limit;
        this.budget = budget;
        this.steps = steps;
        this.blocking = blocking;
    }

    /** A connection over which a request can be sent. */
    Socket open() throws StepFailure {
        Optional<Target.Egress> egress = target.egress();
        Origin origin = target.origin();
        String host = egress.map(Target.Egress::host).orElse(origin.host());
        int port = egress.map(Target.Egress::port).orElse(origin.port());
        String what = egress.isPresent() ? "the egress proxy " : "";
        List<InetAddress> addresses = steps.run("name", "", () -> resolve(what, host));
        Socket socket = steps.run("connect", "", () -> connect(what, addresses, port));
        if (egress.isPresent() && origin.tls()) {
            steps.run("proxy", "", () -> tunnel(socket, egress.get()));
        }
        return origin.tls() ? steps.run("tls", "", () -> secure(socket)) : socket;
    }

    /** For plain HTTP the egress proxy is asked itself, and its login goes along with the request; otherwise empty. */
    String proxyLogin() {
        boolean asked = !target.origin().tls();
        return target.egress().filter(egress -> asked).map(Line::login).orElse("");
    }

    private Found<List<InetAddress>> resolve(String what, String host) throws StepFailure {
        FutureTask<InetAddress[]> look = new FutureTask<>(() -> InetAddress.getAllByName(host));
        blocking.execute(look); // the look-up itself knows no time-out
        try {
            List<InetAddress> found = Arrays.asList(look.get(budget.millis(limit), TimeUnit.MILLISECONDS));
            return Found.ok(
                    found,
                    what + host + " is "
                            + found.stream()
                                    .map(InetAddress::getHostAddress)
                                    .limit(4)
                                    .collect(Collectors.joining(", ")));
        } catch (TimeoutException e) {
            throw new StepFailure("no answer for the name " + host + " in time: is this machine's DNS server there?");
        } catch (ExecutionException e) {
            throw new StepFailure("the name " + host + " is not known here: check "
                    + (what.isEmpty() ? place.setting() : "egress_proxy") + " and this machine's DNS");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailure("interrupted");
        }
    }

    private Found<Socket> connect(String what, List<InetAddress> addresses, int port) throws StepFailure {
        String problem = "there is no address";
        for (InetAddress address : addresses) {
            Socket socket = budget.holds(new Socket());
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(address, port), budget.millis(limit));
                return Found.ok(socket, what + address.getHostAddress() + " port " + port);
            } catch (SocketTimeoutException e) {
                problem = "no connection to " + what + address.getHostAddress() + " port " + port + " in time"
                        + ": a firewall may drop it, or the way out is through a proxy (egress_proxy)";
            } catch (ConnectException e) {
                problem = what + address.getHostAddress() + " refuses connections to port " + port
                        + ": nothing listens there; check host and port";
            } catch (IOException e) {
                problem = "no way to " + what + address.getHostAddress() + " port " + port + ": " + e.getMessage();
            }
            close(socket);
        }
        throw new StepFailure(problem);
    }

    private Found<Boolean> tunnel(Socket socket, Target.Egress egress) throws StepFailure {
        Origin origin = target.origin();
        String host = origin.host().indexOf(':') >= 0 ? "[" + origin.host() + "]" : origin.host();
        String to = host + ":" + origin.port();
        try {
            socket.setSoTimeout(budget.millis(limit));
            HttpHead.send(socket, "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n" + login(egress) + "\r\n");
            int status = HttpHead.read(socket).status();
            if (status >= 200 && status < 300) {
                return Found.ok(true, "the egress proxy lets us through to " + to);
            }
            throw new StepFailure(
                    status == 407
                            ? "the egress proxy wants another user name or password (407): check egress_proxy"
                            : "the egress proxy does not let us through to " + to + " (" + status
                                    + "): ask its operator, or put the host into no_proxy");
        } catch (IOException e) {
            throw new StepFailure("the egress proxy did not answer: " + budget.why(e));
        }
    }

    private static String login(Target.Egress egress) {
        if (egress.user().isEmpty()) {
            return "";
        }
        String pair = egress.user().get() + ":"
                + egress.password().map(Secret::reveal).orElse("");
        return "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\r\n";
    }

    private Found<Socket> secure(Socket raw) throws StepFailure {
        Certificates certificates = Certificates.of(target.tls());
        String name = target.tls().serverName();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {certificates}, null);
            raw.setSoTimeout(budget.millis(limit));
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, name, raw.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            if (name.indexOf(':') < 0 && !name.matches("[0-9.]+")) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return judged(socket, certificates);
        } catch (SocketTimeoutException e) {
            throw new StepFailure("no TLS handshake in time: something listens there, but does not speak TLS");
        } catch (SSLException e) {
            throw new StepFailure("no TLS with " + name + ": " + e.getMessage()
                    + ". Is it https at this port? If the server is old, it may know no TLS 1.2");
        } catch (IOException e) {
            throw new StepFailure("the connection broke during the TLS handshake: " + budget.why(e));
        } catch (GeneralSecurityException e) {
            throw new StepFailure("this Java cannot do TLS: " + e.getMessage());
        }
    }

    private Found<Socket> judged(SSLSocket socket, Certificates certificates) throws StepFailure {
        Instant now = Instant.ofEpochMilli(Ticker.SYSTEM.millis());
        String complaint = certificates.complaint(now, place.nameSetting());
        String shown = socket.getSession().getProtocol() + ", " + certificates.shown(now);
        if (complaint == null && certificates.endsSoon(now)) {
            return new Found<>(socket, Verdict.WARN, shown + ": it ends soon, its owner must renew it");
        }
        if (complaint == null) {
            return Found.ok(socket, shown);
        }
        if (target.tls().verify()) {
            close(socket);
            throw new StepFailure(complaint);
        }
        return new Found<>(socket, Verdict.WARN, "tls.verify is false, so it is used although " + complaint);
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }
}
