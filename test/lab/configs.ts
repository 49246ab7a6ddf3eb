import type { Layout } from './layout.ts';
import { rules } from './rules.ts';

/** The configuration files of the servers by file name. JSON is YAML, so that no writer is needed. */
export function configs(lab: Layout): Readonly<Record<string, string>> {
  return {
    'prometheus.yml': JSON.stringify(prometheus(lab), null, 2),
    'rules.yml': JSON.stringify({ groups: [{ name: 'lab', interval: '5s', rules }] }, null, 2),
    'alertmanager.yml': JSON.stringify(alertmanager(lab), null, 2),
    'nginx.conf': nginx(lab),
  };
}

function prometheus(lab: Layout): unknown {
  const job = (name: string, port: number, labels: Readonly<Record<string, string>>) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels }],
  });
  return {
    global: {
      scrape_interval: '5s',
      scrape_timeout: '5s',
      evaluation_interval: '5s',
      external_labels: { cluster: 'lab' },
    },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${lab.alertmanager}`] }] }] },
    scrape_configs: [
      {
        job_name: 'services',
        honor_labels: true,
        static_configs: lab.services.map(({ service, instance, port }) => ({
          targets: [`127.0.0.1:${port}`],
          labels: { service, instance },
        })),
      },
      job('node', lab.exporters.node, { instance: 'host-1:9100' }),
      job('redis', lab.exporters.redis, { instance: 'redis-1:9121', service: 'redis' }),
      job('nginx', lab.exporters.nginx, { instance: 'nginx-1:9113', service: 'nginx' }),
      job('prometheus', lab.prometheus, { instance: 'prometheus-1:9090' }),
      job('alertmanager', lab.alertmanager, { instance: 'alertmanager-1:9093' }),
    ],
  };
}

function alertmanager(lab: Layout): unknown {
  return {
    route: {
      receiver: 'recorder',
      group_by: ['...'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '4h',
    },
    receivers: [
      {
        name: 'recorder',
        webhook_configs: [{ url: `http://127.0.0.1:${lab.webhook}/alerts`, send_resolved: true }],
      },
    ],
  };
}

function nginx(lab: Layout): string {
  const upstreams = lab.services
    .filter(one => one.service === 'frontend')
    .map(one => `    server 127.0.0.1:${one.port} max_fails=3 fail_timeout=10s;`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `  ${name}_temp_path ${lab.file(`nginx-${name}`)};`,
  );
  return `daemon off;
user root;
worker_processes 1;
pid ${lab.file('nginx.pid')};
error_log ${lab.file('nginx.log')} warn;
events { worker_connections 512; }
http {
  access_log off;
${temporary.join('\n')}
  upstream frontend {
${upstreams.join('\n')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${lab.nginx};
    location = /stub_status { stub_status; }
    location / {
      proxy_pass http://frontend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_connect_timeout 1s;
      proxy_read_timeout 5s;
      proxy_next_upstream error timeout;
    }
  }
}
`;
}
